import { RefusedError } from '../../model/errors.ts';

/** Why callers are refused for now. */
export class Gate {
  /** What the disk is short of, so that no plan is taken; null when there is room. */
  shortage: string | null = null;
  /** Why the state can't be written, so that nothing that users ask for is; null when it can. */
  away: string | null = null;

  /** Before a plan is queued, since that can take long, and when its turn has come. @throws RefusedError no plan is taken now */
  checkSubmission(): void {
    this.checkChange();
    if (this.shortage === null) return;
    throw new RefusedError(`no plan is taken now: ${this.shortage}`, {
      hint: 'make room on that disk; running stages go on',
    });
  }

  /** @throws RefusedError nothing is changed now */
  checkChange(): void {
    if (this.away === null) return;
    throw new RefusedError(`nothing can be changed now: ${this.away}`, {
      hint: 'try again when that is over; running stages go on, and what is known can be read',
    });
  }
}
