import type { Diagnostic } from '../../model/diagnostic.ts';
import type { LoadOptions } from '../../plan/load.ts';
import type { PlanContent } from '../../plan/unchanged.ts';
import type { PlanRecord } from '../state/records.ts';

/*
 * What the master and the helper that reads plans say to each other: lists of these. Both are of one build, and nobody else can
 * send on their channel; so it is looked at which message it is, and not once more at each part of a plan.
 */

/** Asks for a plan. */
export interface PlanRequest {
  /** Names the request in the answer to it. */
  readonly id: number;
  readonly file: string;
  readonly options: LoadOptions;
  /** What the asker has a record of, for these options. */
  readonly known: PlanContent | null;
}

/** A plan that was read and checked, as it is stored. */
interface CheckedPlan {
  /** null where it can't be run. */
  readonly plan: PlanRecord | null;
  readonly errors: readonly Diagnostic[];
  readonly content: PlanContent;
}

export type PlanAnswer = { readonly id: number } & (
  | { readonly kind: 'checked'; readonly checked: CheckedPlan }
  /** It is what the asker knows. */
  | { readonly kind: 'unchanged' }
  /** It can't be read. `code` is that of an error of ours, null for what nobody has foreseen. */
  | {
      readonly kind: 'failed';
      readonly code: 'NOT_FOUND' | 'PLAN_INVALID' | null;
      readonly message: string;
      readonly hint: string | null;
    }
);

const KINDS = new Set<unknown>(['checked', 'unchanged', 'failed'] satisfies PlanAnswer['kind'][]);

/** The requests of a message, none where it is something else. */
export function requestsIn(message: unknown): PlanRequest[] {
  return listIn(message).filter((entry): entry is PlanRequest => 'file' in entry);
}

/** The answers of a message, none where it is something else. */
export function answersIn(message: unknown): PlanAnswer[] {
  return listIn(message).filter((entry): entry is PlanAnswer => 'kind' in entry && KINDS.has(entry.kind));
}

function listIn(message: unknown): { id: number }[] {
  return Array.isArray(message) ? message.filter(hasId) : [];
}

function hasId(entry: unknown): entry is { id: number } {
  return typeof entry === 'object' && entry !== null && 'id' in entry && typeof entry.id === 'number';
}
