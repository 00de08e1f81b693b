// What completion scripts and clic have agreed on.

/** The first word with which a completion script asks for candidates. Scripts of older versions use it, too. */
export const COMPLETION_FLAG = '--get-yargs-completions';

/** With this exit status, there are no candidates, and the shell completes paths. */
export const COMPLETE_FILES = 1;
