// The helper process that starts supervisors for a master, which starting itself would keep from everything else for
// half of the time. It answers through its channel, and ends when that closes: supervisors outlive it. A bundle of its own.
import { lstatSync, mkdirSync } from 'node:fs';
import { errorMessage, systemErrorCode } from '../../../model/errors.ts';
import { onceATurn } from '../../helper/once-a-turn.ts';
import { claimOf } from './files.ts';
import { requestsIn, type StartAnswer, type StartRequest } from './starter-messages.ts';
import { spawnSupervisor } from './supervisor.ts';

let answers: StartAnswer[] = [];
const sendSoon = onceATurn(send);

// Whoever signals everything that belongs to the master means what runs; the helper is needed to the end.
for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
process.on('message', (message) => {
  if (Array.isArray(message) && message.length === 0) send();
  for (const request of requestsIn(message)) start(request);
});

function start({ id, program }: StartRequest): void {
  try {
    // One that was there already may have been claimed, before a crash.
    const isNew = mkdirSync(program.attemptDir, { recursive: true, mode: 0o700 }) !== undefined;
    if (!isNew && mayBeClaimed(program.attemptDir)) {
      answer({ id, kind: 'claimed' });
      return;
    }
    mkdirSync(program.workDir, { recursive: true, mode: 0o700 });
    const child = spawnSupervisor(program);
    child.once('error', (error) => refuse(id, error));
    if (child.pid === undefined) return;
    answer({ id, kind: 'started', pid: child.pid });
    child.once('exit', (code) => answer({ id, kind: 'ended', code, isNew }));
  } catch (thrown) {
    refuse(id, thrown);
  }
}

function mayBeClaimed(attemptDir: string): boolean {
  try {
    lstatSync(claimOf(attemptDir));
    return true;
  } catch (thrown) {
    return systemErrorCode(thrown) !== 'ENOENT';
  }
}

function refuse(id: number, error: unknown): void {
  answer({ id, kind: 'refused', reason: errorMessage(error), code: systemErrorCode(error) ?? null });
}

function answer(one: StartAnswer): void {
  answers.push(one);
  sendSoon();
}

function send(): void {
  const gathered = answers;
  answers = [];
  // A master that is gone looks at the claims when it is back.
  if (process.connected) process.send?.(gathered, undefined, undefined, () => undefined);
}
