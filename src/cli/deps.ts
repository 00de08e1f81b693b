import type { Places } from '../config/locate.ts';
import type { MasterClient } from '../model/master-client.ts';
import type { openResult } from '../results/open-result.ts';
import type { ClientOptions } from '../rpc/options.ts';

/** What the program is made of: the real things, or those of a test. */
export interface Deps {
  readonly createClient: (options: ClientOptions) => Promise<MasterClient>;
  readonly openResult: typeof openResult;
  readonly places: Omit<Places, 'cwd'>;
  /** Aborted with an InterruptedError by SIGINT and SIGTERM, and with any other error that nobody caught. */
  readonly signal: AbortSignal;
}
