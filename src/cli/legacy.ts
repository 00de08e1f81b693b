/** The one-dash commands of the existing shell, and the verb that each is. */
const LEGACY = new Map([
  ['-submit', 'submit'],
  ['-list_task', 'list'],
  ['-task', 'task'],
  ['-task_stage', 'stages'],
  ['-stage', 'stage'],
  ['-stage_result', 'result'],
  ['-suspend_stage', 'suspend'],
  ['-continue_stage', 'continue'],
  ['-version', 'version'],
  ['--version', 'version'],
  ['-V', 'version'],
  ['-help', 'help'],
  ['-h', 'help'],
  ['--help', 'help'],
]);

/** The eleven forms, as the help shows them. */
export const LEGACY_USAGE: readonly string[] = [
  '-submit <planName> <planDagPath>',
  '-submit <planJarPath> [args…]',
  '-list_task',
  '-task <taskName>',
  '-task_stage <taskName>',
  '-stage <stageId>',
  '-stage_result <stageId> [<lineNum>]',
  '-suspend_stage <stageId>',
  '-continue_stage <stageId>',
  '-version',
  '-help',
];

/** The one-dash words themselves. */
export const LEGACY_WORDS: readonly string[] = [...LEGACY.keys()].filter((word) =>
  /^-[a-z_]{2,}$/.test(word),
);

/** The verb that a word stands for, when it is one of the forms above. */
export function legacyVerb(word: string): string | undefined {
  return LEGACY.get(word);
}
