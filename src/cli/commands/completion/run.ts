import { UsageError } from '../../../model/errors.ts';
import type { Arguments } from '../../command-line/arguments.ts';
import type { Context } from '../../context.ts';
import { COMPLETION_FLAG } from './agreement.ts';

/** `clic completion bash|zsh`. */
export async function run(args: Arguments, context: Context): Promise<number> {
  const shell = args.required('shell');
  const script = SCRIPTS.get(shell);
  if (script === undefined) {
    throw new UsageError(`there is no completion for ${JSON.stringify(shell)}, only for bash and zsh`);
  }
  await context.io.stdout.write(script);
  return 0;
}

// The candidates of zsh have descriptions: the script says which shell asks.
const BASH = `# Completion of clic for bash. Put into ~/.bashrc:  source <(clic completion bash)
_clic_completions() {
  local IFS=$'\\n'
  COMPREPLY=($(SHELL=bash clic ${COMPLETION_FLAG} "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)) || compopt -o default
}
complete -F _clic_completions clic
`;

// The function has the name of the file that compinit would look for, `_clic`: loaded from there, it runs at once, and later
// calls find the function that it has defined. PREFIX is what stands before the cursor; -V keeps the order of the candidates.
const ZSH = `#compdef clic
# Completion of clic for zsh. Put into ~/.zshrc, below compinit:  source <(clic completion zsh)
_clic() {
  local -a candidates
  local answer
  answer="$(SHELL=zsh clic ${COMPLETION_FLAG} "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null)"
  if [[ $? -eq 0 ]]; then
    candidates=("\${(@f)answer}")
    [[ -n "$answer" ]] && _describe -V 'clic' candidates
  else
    [[ "\$PREFIX" == --*=* ]] && compset -P '*='
    _default
  fi
}
if [[ "\${funcstack[1]}" == _clic ]]; then
  _clic "$@"
else
  compdef _clic clic
fi
`;

const SCRIPTS: ReadonlyMap<string, string> = new Map([
  ['bash', BASH],
  ['zsh', ZSH],
]);
