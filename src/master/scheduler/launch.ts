import { isExecutorCommand } from '../../model/plan.ts';
import type { StageRun } from '../executor/executor.ts';
import type { StageRecord } from './records.ts';

/** Where the programs of the stages reach the master. */
export interface MasterAddress {
  readonly host: string;
  readonly port: number;
}

/** What is run for the stage's latest attempt. Executors of CLIC are told as arguments who they are and where to report. */
export function runOf(stage: StageRecord, planDir: string, master: MasterAddress): StageRun {
  return {
    stageId: stage.id,
    taskName: stage.taskName,
    attempt: stage.attempt,
    command: isExecutorCommand(stage.command)
      ? withArguments(stage.command, argumentsFor(stage, master))
      : stage.command,
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

/** Appends to the words of the command or, where a shell is given a line, to that line. */
function withArguments(command: readonly string[], added: readonly string[]): string[] {
  const line = shellLine(command);
  if (line === null) return [...command, ...added];
  return command.map((word, at) => (at === 2 ? [line.trimEnd(), ...added].join(' ') : word));
}

/** The line that the command has a shell run (`/bin/sh -c <line>`), or null when it is no such command. */
export function shellLine(command: readonly string[]): string | null {
  const [program = '', option = '', line] = command;
  const isShell = /^(?:.*\/)?(?:sh|bash|dash|zsh)$/.test(program) && /^-[a-z]*c$/.test(option);
  return isShell && line !== undefined ? line : null;
}
