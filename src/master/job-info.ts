import { shellLine } from '../model/stage-command.ts';
import type { StageRecord } from './scheduler/records.ts';

/** What runs for the stage, for people, in the form that existing masters give it. */
export function jobInfo(stage: Pick<StageRecord, 'id' | 'image' | 'command'>): string {
  const image = stage.image === null ? '' : ` image: ${stage.image}\n`;
  return `class V1Job {\n name: ${stage.id}\n${image} args: ${commandText(stage.command)}\n}`;
}

/** The line that a shell is given, or the words, quoted where they would not be read as one. */
function commandText(command: readonly string[]): string {
  return shellLine(command)?.trimEnd() ?? command.map(quote).join(' ');
}

function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
