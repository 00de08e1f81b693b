import type { Argv } from 'yargs';
import { bytes, duration, integer, type ValueType } from '../config/value-types.ts';
import { ConfigError, UsageError } from '../model/errors.ts';
import { MAX_PLAN_BYTES } from '../plan/load.ts';
import type { MessageLimits } from '../rpc/message-scanner.ts';
import { CONNECTION_LIMITS, SERVER_LIMITS, type ServerOptions } from '../rpc/server.ts';
import type { HelpEntry } from './help.ts';
import { SUBMISSION_LIMITS, type SubmissionLimits } from './submissions.ts';

/** What one client, or one plan, may cost a master. */
export interface MasterLimits {
  readonly messages: MessageLimits;
  readonly connections: ServerOptions['connections'];
  readonly submissions: SubmissionLimits;
  readonly maxPlanBytes: number;
}

interface Limit {
  readonly type: ValueType<number>;
  /** As it would be given. */
  readonly default: string;
  readonly describe: string;
}

const MIB = 1024 * 1024;
const size = (value: number, describe: string): Limit => ({
  type: bytes,
  default: value % MIB === 0 ? `${value / MIB}MiB` : String(value),
  describe,
});
const time = (ms: number, describe: string): Limit => ({
  type: duration,
  default: `${ms / 1000}s`,
  describe,
});
const count = (value: number, max: number, describe: string): Limit => ({
  type: integer(1, max),
  default: String(value),
  describe,
});

/** By flag, without its two dashes. The variable of a limit follows from its flag. */
const LIMITS = {
  'max-plan-bytes': size(MAX_PLAN_BYTES, 'largest plan that is taken'),
  'max-connections': count(
    CONNECTION_LIMITS.maxConnections,
    65_536,
    'connections at once; one more ends the one that was idle longest',
  ),
  'request-timeout': time(CONNECTION_LIMITS.requestTimeoutMs, 'from the first byte of a request to its last'),
  'idle-timeout': time(CONNECTION_LIMITS.idleTimeoutMs, 'between the requests of a connection'),
  'write-timeout': time(CONNECTION_LIMITS.writeTimeoutMs, 'for a client to take an answer'),
  'max-request-bytes': size(SERVER_LIMITS.maxMessageBytes, 'largest request that is read'),
  'max-string-bytes': size(SERVER_LIMITS.maxStringBytes, 'largest text in a request'),
  'max-container-size': count(
    SERVER_LIMITS.maxContainerSize,
    2 ** 31 - 1,
    'entries of a list or map in a request',
  ),
  'max-depth': count(SERVER_LIMITS.maxDepth, 1_000, 'how deep a request may be nested'),
  'max-noted-tasks': count(
    SUBMISSION_LIMITS.tasks,
    10_000_000,
    'tasks of a connection that are remembered as submitted over it',
  ),
  'max-noted-sessions': count(
    SUBMISSION_LIMITS.sessions,
    10_000_000,
    'connections of which that is remembered',
  ),
} satisfies Record<string, Limit>;

type LimitFlag = keyof typeof LIMITS;
const FLAGS = Object.keys(LIMITS) as LimitFlag[];

/** `max-plan-bytes` is also set by `CLIC_MASTER_MAX_PLAN_BYTES`. */
export function limitVariable(flag: string): string {
  return `CLIC_MASTER_${flag.toUpperCase().replaceAll('-', '_')}`;
}

/** Adds the flags of all limits. Their texts are read by `readLimits`. */
export function addLimits(parser: Argv): void {
  for (const flag of FLAGS) parser.option(flag, { type: 'string', requiresArg: true });
}

/** What the help says of them. */
export function limitsHelp(): HelpEntry[] {
  return FLAGS.map((flag) => {
    const { type, default: fallback, describe } = LIMITS[flag];
    return { flag: `--${flag}`, takes: type.name, describe, default: fallback };
  });
}

/**
 * The limits: what the flags say, else the environment, else the defaults. An empty variable counts as not set.
 * @param flags what was given, by flag; of a flag that was given more than once, the last counts
 * @throws UsageError of a flag
 * @throws ConfigError of a variable
 */
export function readLimits(flags: Readonly<Record<string, unknown>>, env: NodeJS.ProcessEnv): MasterLimits {
  const given = (flag: LimitFlag): string | undefined => {
    const texts = [flags[flag]].flat();
    const text: unknown = texts.at(-1);
    return typeof text === 'string' ? text : undefined;
  };
  const valueOf = (flag: LimitFlag): number => {
    const { type, default: fallback } = LIMITS[flag];
    const variable = limitVariable(flag);
    const fromFlag = given(flag);
    const fromEnv = env[variable] === '' ? undefined : env[variable];
    const text = fromFlag ?? fromEnv ?? fallback;
    const value = type.parse(text);
    if (value !== undefined) return value;
    const problem = `${JSON.stringify(text)}: expected ${type.expects}`;
    if (fromFlag === undefined) throw new ConfigError(`${variable} ${problem}`);
    throw new UsageError(`--${flag} ${problem}`, { hint: 'clic-master --help' });
  };
  return {
    messages: {
      maxMessageBytes: valueOf('max-request-bytes'),
      maxStringBytes: valueOf('max-string-bytes'),
      maxContainerSize: valueOf('max-container-size'),
      maxDepth: valueOf('max-depth'),
    },
    connections: {
      maxConnections: valueOf('max-connections'),
      requestTimeoutMs: valueOf('request-timeout'),
      idleTimeoutMs: valueOf('idle-timeout'),
      writeTimeoutMs: valueOf('write-timeout'),
    },
    submissions: { sessions: valueOf('max-noted-sessions'), tasks: valueOf('max-noted-tasks') },
    maxPlanBytes: valueOf('max-plan-bytes'),
  };
}
