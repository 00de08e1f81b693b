import { shellLine } from '../../model/stage-command.ts';
import type { StageSpec } from '../state/records.ts';

/** What runs for the stage, for people, in the form that the Java master gives it. */
export function jobInfo(stageId: string, spec: Pick<StageSpec, 'image' | 'command'>): string {
  const image = spec.image === null ? '' : ` image: ${spec.image}\n`;
  return `class V1Job {\n name: ${stageId}\n${image} args: ${commandText(spec.command)}\n}`;
}

/** The line that a shell is given, or the words, quoted where they would not be read as one. */
function commandText(command: readonly string[]): string {
  return shellLine(command)?.trimEnd() ?? command.map(quote).join(' ');
}

function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
