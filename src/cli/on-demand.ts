/**
 * What a quick listing does without. It is bundled into one file that is read when something of it is first asked
 * for: compiling it would be a good part of the time of `clic list`.
 */
export * as completion from './commands/completion.ts';
export * as config from './commands/config.ts';
export * as help from './commands/help.ts';
export * as lint from './commands/lint.ts';
export * as result from './commands/result.ts';
export * as submit from './commands/submit.ts';
export * as wait from './commands/wait.ts';
export * as watch from './commands/watch.ts';
export { completeWords } from './completion/complete.ts';
export { commandHelp, mainHelp } from './help/usage.ts';
export { openResult } from '../results/open-result.ts';
export { renderYaml } from './output/yaml.ts';
