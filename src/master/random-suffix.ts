import { randomInt } from 'node:crypto';
import { TASK_SUFFIX_LENGTH } from '../model/names.ts';

/** Random lower-case letters, which tell the tasks of a plan apart. */
export function randomSuffix(): string {
  return Array.from({ length: TASK_SUFFIX_LENGTH }, () => String.fromCharCode(97 + randomInt(26))).join('');
}
