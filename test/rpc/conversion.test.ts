import { expect, test } from 'vitest';
import { ProtocolError } from '../../src/model/errors.ts';
import { parseStage, parseTask } from '../../src/rpc/conversion.ts';

const TASK = { plan_name: 'w-abcdefgh', task_status: 'RUNNING' };
const STAGE = { stage_id: 'w-abcdefgh-sh-1' };

test('a task of a master of ours has the name of its plan and instants beside the local times', () => {
  const sent = {
    ...TASK,
    plan: 'w',
    submit_time: '2026-11-23 07:24:07',
    submit_at: '2026-11-23T06:24:07.123Z',
    start_at: '2026-11-23T14:24:08.000+08:00',
  };
  expect(parseTask(sent)).toMatchObject({
    planName: 'w',
    submitTime: '2026-11-23T07:24:07',
    submitAt: Date.UTC(2026, 10, 23, 6, 24, 7, 123),
    startAt: Date.UTC(2026, 10, 23, 6, 24, 8),
    completeAt: null,
  });
});

test('a stage of a master of ours has what the plan calls it, and what is known of its attempts', () => {
  const sent = {
    ...STAGE,
    stage_name: 'count',
    task_name: 'w-abcdefgh',
    attempt: '2',
    stage_log: '/var/log/2',
    stage_waits: 'parents: read',
    complete_at: '2026-11-23T06:24:07.123Z',
  };
  expect(parseStage(sent)).toMatchObject({
    name: 'count',
    taskName: 'w-abcdefgh',
    attempt: 2,
    log: '/var/log/2',
    waitsFor: 'parents: read',
    startAt: null,
    completeAt: Date.UTC(2026, 10, 23, 6, 24, 7, 123),
  });
});

test('a Java master says none of it', () => {
  expect(parseTask(TASK)).toMatchObject({
    planName: null,
    submitAt: null,
    startAt: null,
    completeAt: null,
    failure: null,
  });
  expect(parseTask({ ...TASK, task_failure: 'its deadline is over' }).failure).toBe('its deadline is over');
  expect(parseStage(STAGE)).toMatchObject({
    name: null,
    taskName: null,
    attempt: null,
    log: null,
    waitsFor: null,
    startAt: null,
  });
});

test.each(['yesterday', '2026-11-23T06:24:07', '2026-13-45T06:24:07Z'])(
  'the instant %j is refused: it names no moment',
  (text) => {
    expect(() => parseTask({ ...TASK, submit_at: text })).toThrow(ProtocolError);
  },
);
