import type { StageInfo } from '../../model/views.ts';
import type { Listing } from './listing.ts';
import { rowsUnder, wireNumber, wireTime } from './wire-text.ts';

const COLUMNS = ['stage_id', 'platform', 'start_time', 'complete_time', 'retry_count'];
const CSV_COLUMNS = [...COLUMNS, 'stage_runtime', 'stage_status', 'parent_list', 'children_list'];

/** The stages of a task. `wide` adds the status and why the last attempt failed, which the Java shell's table does not have. */
export function stageListing(stages: readonly StageInfo[], wide: boolean): Listing {
  return {
    document: () => ({ stages: stages.map(stageFields) }),
    records: () => stages.map(stageFields),
    names: () => stages.map(({ id }) => id),
    table: () => ({
      columns: [...COLUMNS, 'stage_runtime', ...(wide ? ['stage_status', 'failure'] : [])],
      rows: stages.map((stage) => [
        ...stageCells(stage),
        wireNumber(stage.runtimeSeconds),
        ...(wide ? [stage.status, stage.failure ?? ''] : []),
      ]),
    }),
    csv: () => ({ columns: CSV_COLUMNS, rows: stages.map(stageCsv) }),
  };
}

/** One stage with its parents and children, a row each. `wide` adds its status and runtime. */
export function stageDetailListing(stage: StageInfo, wide: boolean): Listing {
  return {
    document: () => ({ stage: stageFields(stage) }),
    records: () => [stageFields(stage)],
    names: () => [stage.id],
    table: () => ({
      columns: [
        ...COLUMNS,
        ...(wide ? ['stage_runtime', 'stage_status'] : []),
        'parent_list',
        'children_list',
      ],
      rows: rowsUnder(
        [...stageCells(stage), ...(wide ? [wireNumber(stage.runtimeSeconds), stage.status] : [])],
        [stage.parents, stage.children],
      ),
    }),
    csv: () => ({ columns: CSV_COLUMNS, rows: [stageCsv(stage)] }),
  };
}

/** As documented: the fields of JSON and YAML. */
function stageFields(stage: StageInfo): Record<string, unknown> {
  const { id, platform, status, statusSource, startTime, completeTime, runtimeSeconds } = stage;
  const { retryCount, failure, parents, children, jobInfo } = stage;
  return {
    id,
    platform,
    status,
    statusSource,
    startTime,
    completeTime,
    runtimeSeconds,
    retryCount,
    failure,
    parents,
    children,
    jobInfo,
  };
}

function stageCells({ id, platform, startTime, completeTime, retryCount }: StageInfo): string[] {
  return [id, platform, wireTime(startTime), wireTime(completeTime), String(retryCount)];
}

function stageCsv(stage: StageInfo): string[] {
  const { id, platform, startTime, completeTime, retryCount, runtimeSeconds, status } = stage;
  return [
    id,
    platform,
    startTime ?? '',
    completeTime ?? '',
    String(retryCount),
    wireNumber(runtimeSeconds),
    status,
    stage.parents.join(' '),
    stage.children.join(' '),
  ];
}
