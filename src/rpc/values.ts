import { ProtocolError } from '../model/errors.ts';
import type { WireMap } from './services.ts';

/** Each of these takes what the generated code has decoded and makes sure of its type. @throws ProtocolError */

export function asMap(value: unknown, method: string): WireMap {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrongType(method, 'a map');
  for (const key in value) {
    if (typeof Reflect.get(value, key) !== 'string') throw wrongType(method, 'a map of strings');
  }
  // Every value was looked at.
  return value as WireMap;
}

export function asMaps(value: unknown, method: string): WireMap[] {
  if (!Array.isArray(value)) throw wrongType(method, 'a list');
  return value.map((element: unknown) => asMap(element, method));
}

export function asNames(value: unknown, method: string): string[] {
  if (!Array.isArray(value)) throw wrongType(method, 'a list');
  return value.map((element: unknown) => {
    if (typeof element !== 'string') throw wrongType(method, 'a list of strings');
    return element;
  });
}

export function asBoolean(value: unknown, method: string): boolean {
  if (typeof value !== 'boolean') throw wrongType(method, 'true or false');
  return value;
}

/** null where the master has none. */
export function asPath(value: unknown, method: string): string | null {
  if (value === null || value === '') return null;
  if (typeof value !== 'string') throw wrongType(method, 'a path');
  return value;
}

function wrongType(method: string, expected: string): ProtocolError {
  return new ProtocolError(`the answer to ${method} is not ${expected}`);
}
