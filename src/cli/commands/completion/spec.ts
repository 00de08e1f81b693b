import type { CommandSpec } from '../../command.ts';

/** Shells that there is a completion for. */
const SHELLS = ['bash', 'zsh'] as const;

/** `clic completion`: the script that a shell reads. */
export const completion: CommandSpec = {
  verb: 'completion',
  describe: 'print a script that completes commands, options, tasks and stages',
  positionals: [{ name: 'shell', describe: SHELLS.join(' or '), required: true, choices: SHELLS }],
  formats: [],
  notes:
    'Put into ~/.bashrc:  source <(clic completion bash)\nPut into ~/.zshrc:   source <(clic completion zsh)',
  run: async (args, context) => (await import('./run.ts')).run(args, context),
};
