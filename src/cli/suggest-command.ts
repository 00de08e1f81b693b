import { Suggester } from '../plan/suggest.ts';
import { COMMANDS } from './commands/index.ts';
import { LEGACY_WORDS } from './legacy.ts';

/**
 * The command that a wrong first word was meant to be: a one-dash form where the word has a dash or `_`, or else a verb;
 * null where nothing is near.
 */
export function suggestCommand(word: string): string | null {
  const name = word.replace(/^-+/, '').replace(/=[^]*$/, '');
  const verbs = COMMANDS.map(({ verb }) => verb);
  const legacy = LEGACY_WORDS.map((form) => form.slice(1));
  if (legacy.includes(name)) return `-${name}`;
  if (verbs.includes(name)) return name;
  const wantsLegacy = word.startsWith('-') || name.includes('_');
  const nearLegacy = new Suggester(legacy).nearest(name);
  if (wantsLegacy && nearLegacy !== undefined) return `-${nearLegacy}`;
  return new Suggester(verbs).nearest(name) ?? null;
}
