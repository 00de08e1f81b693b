import { withExecutorArguments } from '../../model/stage-command.ts';
import type { MasterAddress, StageRun } from '../executor/executor.ts';
import type { StageRecord } from './records.ts';

/** What is run for the stage's latest attempt. Executors of CLIC are told as arguments who they are and where to report. */
export function runOf(stage: StageRecord, planDir: string, master: MasterAddress): StageRun {
  return {
    stageId: stage.id,
    taskName: stage.taskName,
    attempt: stage.attempt,
    command: withExecutorArguments(stage.command, argumentsFor(stage, master)),
    env: {
      ...stage.env,
      CLIC_STAGE_ID: stage.id,
      CLIC_MASTER_HOST: master.host,
      CLIC_MASTER_PORT: String(master.port),
    },
    planDir,
  };
}

function argumentsFor(stage: StageRecord, { host, port }: MasterAddress): string[] {
  return [`--stageId=${stage.id}`, `--masterHost=${host}`, `--masterPort=${port}`];
}
