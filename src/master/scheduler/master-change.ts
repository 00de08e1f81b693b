import type { Board } from './board.ts';
import { isServedBefore, type StageNode } from './nodes.ts';
import * as stageAfter from './transitions.ts';

/** A master has started: what was live when the last one ended is followed, and stopped where that was under way. */
export function followLive(board: Board): void {
  for (const stage of liveInOrder(board)) {
    board.graph.setStage(stage, stageAfter.recovered(stage.state));
    const { stopReason, overdue } = stage.state;
    board.start(stage);
    if (stopReason !== null || overdue) board.end(stage);
  }
}

/** A master ends, and has stopped what was live: it is to be run again, or has failed where it was stopped for a reason. */
export function interruptLive(board: Board, now: number, rules: stageAfter.RetryRules): void {
  for (const stage of liveInOrder(board)) {
    const taskFailed = stage.task.record.status === 'FAILED';
    const { state, outline, id: stageId } = stage;
    const exit = {
      stageId,
      attempt: state.attempt,
      kind: 'exited',
      exitCode: null,
      signal: 'SIGTERM',
    } as const;
    const ended = { exit, missing: null, isShort: false };
    board.set(
      stage,
      state.stopReason === null
        ? stageAfter.interrupted(state, now, taskFailed)
        : stageAfter.exited(state, outline, ended, now, taskFailed, rules),
    );
    board.settle(stage.task, now);
  }
}

function liveInOrder({ graph }: Board): StageNode[] {
  return Array.from(graph.live).sort((a, b) => (isServedBefore(a, b) ? -1 : 1));
}
