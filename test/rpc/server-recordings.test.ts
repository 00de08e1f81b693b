import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NotFoundError } from '../../src/model/errors.ts';
import type { StageView, TaskDetailView } from '../../src/master/service/interfaces.ts';
import type { MasterHandlers } from '../helpers/master-handlers.ts';
import type { MasterServer } from '../../src/rpc/server.ts';
import { exchange, startTestServer } from '../helpers/master-server.ts';
import { recording } from '../helpers/wire.ts';

const TASK = 'wordcount-tfumtgtx';
const STAGE_1 = `${TASK}-java-template-1`;
const STAGE_2 = `${TASK}-spark-template-2`;
const at = (time: string): number => Date.parse(`2026-11-23T${time}Z`);

/** The state that the Java master was in when a recording was made. */
let state: { completed: boolean; suspended: boolean };

const task = (): TaskDetailView => ({
  name: TASK,
  planName: 'wordcount',
  failure: null,
  submitTime: at('06:24:07'),
  startTime: state.completed ? at('06:24:13') : null,
  completeTime: state.completed ? at('06:24:16') : null,
  status: state.completed ? 'COMPLETED' : 'NEW',
  stageIds: [STAGE_1, STAGE_2],
  submittedHere: false,
});

function stage(id: string): StageView | null {
  const { fields } = recording('stages-new').exchanges.find(
    (e) => e.decodedRequest.fields['1'] === id,
  )!.decodedReply;
  const map = fields['0'] as Record<string, string>;
  return {
    id,
    name: 'first',
    taskName: TASK,
    platform: map['platform']!,
    parents: id === STAGE_2 ? [STAGE_1] : [],
    children: id === STAGE_1 ? [STAGE_2] : [],
    startTime: null,
    completeTime: null,
    status: 'WAITING',
    retryCount: 0,
    attempt: 0,
    failure: null,
    log: null,
    waitsFor: null,
    jobInfo: map['job_info']!,
  };
}

const handlers: MasterHandlers = {
  submitPlan: () => Promise.resolve(),
  listTasks: () => [task()],
  task: (name) => (name === TASK ? task() : null),
  stage,
  stageIds: (name) => {
    if (name !== TASK) throw new NotFoundError('no such task');
    return [STAGE_1, STAGE_2];
  },
  suspendStage: () => {
    const possible = !state.suspended;
    state.suspended = true;
    return Promise.resolve(possible);
  },
  continueStage: () => Promise.resolve(true),
  resultPath: () => (state.completed ? '/data/out/wordcount.csv' : null),
  stageStarted: () => Promise.resolve(),
  dataPrepared: () => Promise.resolve(),
  stageCompleted: () => Promise.resolve(),
};

let server: MasterServer;
beforeAll(async () => {
  server = await startTestServer(handlers);
});
afterAll(() => server.close());

/** What our master adds to the one map of an answer. */
function additions(method: string): Record<string, string> {
  if (method === 'getStageInfo')
    return { stage_status: 'WAITING', stage_name: 'first', task_name: TASK, attempt: '0' };
  const times = state.completed
    ? { start_at: '2026-11-23T06:24:13.000Z', complete_at: '2026-11-23T06:24:16.000Z' }
    : {};
  return { plan: 'wordcount', submit_at: '2026-11-23T06:24:07.000Z', ...times };
}

/** The recorded answer with entries at the end of its map, where it has one that is not empty. */
function withAdditions(reply: string, method: string): string {
  const inList = { listAllTask: 5, getTaskInfo: 0, getStageInfo: 0 }[method];
  if (inList === undefined) return reply;
  const bytes = Buffer.from(reply, 'hex');
  const size = 8 + method.length + 4 + 3 + inList + 2;
  const count = bytes.readInt32BE(size);
  if (count === 0) return reply;
  const added = Object.entries(additions(method)).flat();
  bytes.writeInt32BE(count + added.length / 2, size);
  const texts = added.map((text) => Buffer.concat([Buffer.of(0, 0, 0, text.length), Buffer.from(text)]));
  return Buffer.concat([bytes.subarray(0, -1), ...texts, Buffer.of(0)]).toString('hex');
}

describe('the server, against the recorded requests of Java clients', () => {
  it.each([
    ['submit', { completed: false, suspended: false }],
    ['list-new', { completed: false, suspended: false }],
    ['task-new', { completed: false, suspended: false }],
    ['task-completed', { completed: true, suspended: false }],
    ['task-unknown', { completed: false, suspended: false }],
    ['stages-new', { completed: false, suspended: false }],
    ['stages-unknown', { completed: false, suspended: false }],
    ['stage-source', { completed: false, suspended: false }],
    ['result-completed', { completed: true, suspended: false }],
    ['result-not-completed', { completed: false, suspended: false }],
    ['suspend-true', { completed: false, suspended: false }],
    ['suspend-false', { completed: false, suspended: true }],
    ['continue-true', { completed: false, suspended: true }],
    ['sched-start-1', { completed: false, suspended: false }],
    ['sched-prepared-1', { completed: false, suspended: false }],
    ['sched-complete-1', { completed: false, suspended: false }],
  ])('answers with the bytes of the Java master, and adds to its maps: %s', async (name, given) => {
    state = { ...given };
    const { exchanges } = recording(name);
    const replies = await exchange(
      server.port,
      exchanges.map(({ request }) => Buffer.from(request, 'hex')),
    );
    expect(replies.map((reply) => reply.toString('hex'))).toEqual(
      exchanges.map(({ reply, decodedReply }) => withAdditions(reply, decodedReply.name)),
    );
  });
});
