/** A claim to lead that runs out unless it is renewed. Where it is kept decides between those who want it. */
export interface Lease {
  /** Where it is kept, for people. */
  readonly where: string;
  /**
   * Takes it where it is free or has run out, and renews it where it is ours: then it is ours for `LEASE_MS` from when this
   * was called.
   * @returns null when it is ours, else who has it, for people
   * @throws ConfigError it will never be had; any other error: it can't be told now
   */
  claim(signal: AbortSignal): Promise<string | null>;
  /** Gives it up where it is ours. */
  release(signal: AbortSignal): Promise<void>;
  /** Lets go of what it is reached by. */
  close(): void;
  /**
   * True where nobody else can have it while it can't be reached, so that its holder goes on until it hears of another one. The
   * state, which is kept at the same place, refuses whatever a former holder writes.
   */
  readonly isKeptWhileAway: boolean;
}

/** How long a claim holds, in milliseconds: so long a leader that was killed is waited for. */
export const LEASE_MS = 10_000;
/** A leader that could not renew it gives up so long before others may take it: a write that is under way ends meanwhile. */
const MARGIN_MS = 2000;
/** From the beginning of the last claim that succeeded. */
export const SAFE_MS = LEASE_MS - MARGIN_MS;
export const RENEW_EVERY_MS = 2500;
/** How often it is tried to take it, and to renew it when that has failed. */
export const TRY_EVERY_MS = 1000;
/** How long one claim may take. */
export const CLAIM_WITHIN_MS = 2000;
