import { RefusedError } from '../../model/errors.ts';

const TRIES = 100;

/** `<planName>-<suffix>`, with a suffix for which it is free. @throws RefusedError when none is found */
export function freeTaskName(
  planName: string,
  randomSuffix: () => string,
  isFree: (taskName: string) => boolean,
): string {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const name = `${planName}-${randomSuffix()}`;
    if (isFree(name)) return name;
  }
  throw new RefusedError(`no free name was found for a task of ${planName}`, { hint: 'submit it again' });
}
