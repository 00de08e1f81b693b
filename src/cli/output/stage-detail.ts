import { printable } from '../../model/printable.ts';
import type { StageInfo } from '../../model/views.ts';
import { renderFields, type TextStyle } from './columns.ts';
import type { Listing } from './listing.ts';
import { causesOf, isRunning, whyOf } from './stage-words.ts';
import { attempts, stageFields, stageTable, stagesCsv } from './stages.ts';
import { colored } from './task-detail.ts';
import { completed, started } from './tasks.ts';
import { spanText, timeText } from './times.ts';

/**
 * One stage with its parents and children. `wide` adds what it runs to what people read.
 * @param related its parents and children, as far as they are known: people read their names
 */
export function stageDetailListing(stage: StageInfo, related: readonly StageInfo[], wide: boolean): Listing {
  return {
    document: () => ({ stage: stageFields(stage) }),
    records: () => [stageFields(stage)],
    names: () => [stage.id],
    text: (style) => stageSummary(stage, related, wide, style),
    table: () => stageTable(stage, wide),
    csv: () => stagesCsv([stage]),
  };
}

function stageSummary(
  stage: StageInfo,
  related: readonly StageInfo[],
  wide: boolean,
  style: TextStyle,
): Iterable<string> {
  const { name, taskName, status, id } = stage;
  const time = (text: string): string => (text === '-' ? '' : text);
  const neighbours = (ids: readonly string[]): string => ids.map((one) => neighbour(one, related)).join(', ');
  const count = attempts(stage);
  return renderFields([
    ['Stage', printable(name ?? id)],
    ['Task', printable(taskName ?? '')],
    ['Id', name === null ? '' : printable(id)],
    ['Status', colored(status, style.color)],
    ['Why', printable(whyOf(stage, causesOf([stage, ...related])))],
    ['Platform', printable(stage.platform)],
    ['Attempts', count === '0' ? '' : count],
    ['Started', time(timeText(started(stage)))],
    ['Completed', time(timeText(completed(stage)))],
    ['Duration', spanText(stage, isRunning(stage), style.now)],
    ['Log', printable(stage.log ?? '')],
    ['Parents', neighbours(stage.parents)],
    ['Children', neighbours(stage.children)],
    ['Runs', wide ? printable(stage.jobInfo) : ''],
  ]);
}

function neighbour(id: string, related: readonly StageInfo[]): string {
  const stage = related.find((one) => one.id === id);
  return printable(stage === undefined ? id : `${stage.name ?? id} (${stage.status})`);
}
