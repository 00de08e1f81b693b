import { withExecutorArguments } from '../../model/stage-command.ts';
import type { MasterAddresses, StageRun } from '../executor/executor.ts';
import type { StageSpec } from '../state/records.ts';
import type { Launch } from './events.ts';

/**
 * What is run for an attempt. Executors of CLIC are told as arguments who they are and where to report.
 *
 * A report has to come from the attempt that runs, and the protocol carries nothing but a stage's id: from the second
 * attempt on, the id that the program gets to report with names the attempt as well, which is all the same to executors.
 */
export function runOf(launch: Launch, spec: StageSpec, { clients, reports }: MasterAddresses): StageRun {
  const { stageId, stageName, taskName, attempt, planDir } = launch;
  const reportId = reportIdOf(stageId, attempt);
  const added = [`--stageId=${reportId}`, `--masterHost=${reports.host}`, `--masterPort=${reports.port}`];
  return {
    stageId,
    taskName,
    stageName,
    attempt,
    image: spec.image,
    entryWords: spec.entryWords,
    pod: spec.pod,
    command: withExecutorArguments(spec.command, added),
    env: {
      ...spec.env,
      CLIC_STAGE_ID: stageId,
      CLIC_ATTEMPT: String(attempt),
      CLIC_REPORT_ID: reportId,
      CLIC_MASTER_HOST: clients.host,
      CLIC_MASTER_PORT: String(clients.port),
    },
    planDir,
    ...(launch.launchedAt === undefined ? {} : { launchedAt: launch.launchedAt }),
  };
}

/** What an attempt reports with: the stage's id, and from the second on `.<attempt>`, since ids have no dots. */
function reportIdOf(stageId: string, attempt: number): string {
  return attempt === 1 ? stageId : `${stageId}.${attempt}`;
}

/** The stage and the attempt that a report names. */
export function parseReportId(reportId: string): { readonly stageId: string; readonly attempt: number } {
  const [, stageId, attempt] = /^([^.]*)\.([1-9]\d{0,8})$/.exec(reportId) ?? [];
  return stageId === undefined ? { stageId: reportId, attempt: 1 } : { stageId, attempt: Number(attempt) };
}
