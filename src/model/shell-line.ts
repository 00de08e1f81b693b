const SHELLS = /(?:^|\/)(?:ba|da|[akz]|mk)?sh$/;
/** Short options in one word, or `-o name` and its like with `+`. */
const OPTIONS = /^[-+][A-Z]+$/i;
/** Long options of bash that take the next word. */
const WITH_VALUE: readonly string[] = ['--rcfile', '--init-file'];

/**
 * The index of the word that a shell is to run as a line of commands (`sh -c <line>`, `bash -eo pipefail -c <line>`), or
 * null when the command has none: it is another program, or a shell that runs a script. Options may stand before and
 * after the -c; the line is the first word that is none (POSIX, sh, "command_string").
 */
export function shellLineIndex(command: readonly string[]): number | null {
  if (!SHELLS.test(command[0] ?? '')) return null;
  let hasLine = false;
  let at = 1;
  for (let word = command[at]; word !== undefined; word = command[at]) {
    if (word === '-' || word === '--') {
      at += 1;
      break;
    }
    if (OPTIONS.test(word)) {
      hasLine ||= word.startsWith('-') && word.includes('c');
      at += 1 + (word.match(/o/gi)?.length ?? 0);
    } else if (word.startsWith('--')) {
      at += WITH_VALUE.includes(word) ? 2 : 1;
    } else {
      break;
    }
  }
  return hasLine && at < command.length ? at : null;
}

/** Options of env that are one word, and those that take the next one. `-S`, which splits a string, is not among them. */
const ENV_OPTION = /^(?:-|-[iv]+|--ignore-environment|--debug|-[iv]*[uC].+|--(?:unset|chdir)=.*)$/;
const ENV_OPTION_WITH_VALUE = /^(?:-[iv]*[uC]|--(?:unset|chdir))$/;

/**
 * How many words stand before the program that `env` is to start, env itself, its options and its variables; 0 where the
 * command is not one of env (POSIX, env; GNU coreutils).
 */
export function envLength(command: readonly string[]): number {
  if (!/(?:^|\/)env$/.test(command[0] ?? '')) return 0;
  let at = 1;
  for (let word = command[at]; word !== undefined; word = command[at]) {
    if (ENV_OPTION_WITH_VALUE.test(word)) at += 2;
    else if (ENV_OPTION.test(word)) at += 1;
    else break;
  }
  if (command[at] === '--') at += 1;
  while (/^[^-=][^=]*=/.test(command[at] ?? '')) at += 1;
  return at;
}
