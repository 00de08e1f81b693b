import { ErrorReply } from '@redis/client';
import { ConfigError, UnreachableError } from '../../../model/errors.ts';

/** Sends a command, and gives what the server answered. */
export type Send = (...command: readonly string[]) => Promise<unknown>;

const ALLOW = 'or accept that with --allow-volatile-store';

/**
 * Looks whether a server takes writes and keeps what it acknowledges: https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/.
 * @returns whether writes have to be followed by WAITAOF to be durable
 * @throws ConfigError its settings don't do; UnreachableError it is not ready
 */
export async function checkServer(send: Send, where: string, allowVolatile: boolean): Promise<boolean> {
  const info = parseInfo(await send('INFO'));
  if (info.get('loading') === '1' || info.get('async_loading') === '1')
    throw new UnreachableError(`${where} is loading its data`);
  if (info.get('role') === 'slave')
    throw new UnreachableError(`${where} is a replica, which takes no writes`, {
      hint: 'name the primary in --redis-url, or who knows it in --redis-sentinel',
    });
  if (info.get('cluster_enabled') === '1')
    throw new ConfigError(`${where} is a Redis Cluster, which clic-master can't use`, {
      hint: 'a state is small: give it a Redis without cluster mode, with Sentinel where it has to fail over',
    });
  const hasAof = info.get('aof_enabled') === '1';
  const waits = hasAof && hasWaitAof(info.get('redis_version') ?? '');
  if (allowVolatile) {
    // One that does not care for its disk answers WAITAOF never.
    return waits && /^(?:always|everysec)$/.test(await appendFsync(send, where, true));
  }
  const policy = info.get('maxmemory_policy');
  if (policy !== undefined && policy !== 'noeviction')
    throw volatile(where, `evicts keys when its memory is full (maxmemory-policy ${policy})`, [
      'maxmemory-policy noeviction',
    ]);
  if (!hasAof)
    throw volatile(where, 'loses what it has acknowledged when it ends (appendonly no)', [
      'appendonly yes',
      'appendfsync always',
    ]);
  const fsync = await appendFsync(send, where, waits);
  if (fsync === 'no' || (fsync === 'everysec' && !waits))
    throw volatile(
      where,
      `can lose what it has acknowledged in a power cut (appendfsync ${fsync}${waits ? '' : ', and no WAITAOF before Redis 7.2'})`,
      ['appendfsync always'],
    );
  return waits;
}

function volatile(where: string, problem: string, settings: readonly string[]): ConfigError {
  const set = settings.map((setting) => `\`CONFIG SET ${setting}\``).join(' and ');
  return new ConfigError(`${where} ${problem}`, {
    hint: `${set}, and the same in its redis.conf, ${ALLOW}`,
  });
}

/** @param isOptional whether it does without being known */
async function appendFsync(send: Send, where: string, isOptional: boolean): Promise<string> {
  try {
    const answer = await send('CONFIG', 'GET', 'appendfsync');
    return Array.isArray(answer) ? String(answer[1]) : 'unknown';
  } catch (thrown) {
    if (!(thrown instanceof ErrorReply)) throw thrown;
    if (isOptional) return 'unknown';
    throw new ConfigError(
      `it can't be told whether ${where} keeps what it acknowledges: it refuses CONFIG GET (${thrown.message})`,
      { hint: `grant it to the user: \`ACL SETUSER … +config|get\`, ${ALLOW}`, cause: thrown },
    );
  }
}

/** WAITAOF came with 7.2, the version that every Valkey says it has. */
function hasWaitAof(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 7 || (major === 7 && minor >= 2);
}

function parseInfo(answer: unknown): Map<string, string> {
  const lines = typeof answer === 'string' ? answer.split(/\r?\n/) : [];
  return new Map(
    lines.flatMap((line) => {
      const colon = line.indexOf(':');
      return line.startsWith('#') || colon < 0 ? [] : [[line.slice(0, colon), line.slice(colon + 1)]];
    }),
  );
}
