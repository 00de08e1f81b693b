// The helper process that reads and checks plans for a master: a large plan takes a second, and a plan on storage that does not
// answer holds a thread for good. It answers through its channel, and ends with that. A bundle of its own.
import { NotFoundError, errorMessage } from '../../model/errors.ts';
import { PlanInvalidError } from '../../model/diagnostic.ts';
import { loadIfChanged } from '../../plan/unchanged.ts';
import { onceATurn } from '../helper/once-a-turn.ts';
import { planRecord } from '../state/submission.ts';
import { type PlanAnswer, type PlanRequest, requestsIn } from './messages.ts';

let answers: PlanAnswer[] = [];

const send = onceATurn(() => {
  const gathered = answers;
  answers = [];
  if (process.connected) process.send?.(gathered, undefined, undefined, () => undefined);
});

// Whoever signals everything that belongs to the master means what runs; what it still answers needs the helper.
for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
// An ordinary exit would wait for threads that hang.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
process.on('message', (message) => {
  for (const request of requestsIn(message)) void answer(request);
});

async function answer(request: PlanRequest): Promise<void> {
  // First the answer, then the list: that may be another one by then.
  const one = await answerTo(request).catch((error: unknown) => failure(request.id, error));
  answers.push(one);
  send();
}

async function answerTo({ id, file, known, options }: PlanRequest): Promise<PlanAnswer> {
  const loaded = await loadIfChanged(file, known, options);
  if (loaded === null) return { id, kind: 'unchanged' };
  const { plan, diagnostics, content } = loaded;
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  return { id, kind: 'checked', checked: { plan: plan && planRecord(plan), errors, content } };
}

function failure(id: number, error: unknown): PlanAnswer {
  if (error instanceof NotFoundError || error instanceof PlanInvalidError) {
    const { code, message, hint = null } = error;
    return { id, kind: 'failed', code, message, hint };
  }
  // Its trace is in the message: that is all that comes out of this process.
  const message = error instanceof Error ? (error.stack ?? error.message) : errorMessage(error);
  return { id, kind: 'failed', code: null, message, hint: null };
}
