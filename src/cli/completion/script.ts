/** The first word with which a completion script asks for candidates: the one that yargs uses. */
export const COMPLETION_FLAG = '--get-yargs-completions';

/** With this exit status, there are no candidates, and the shell completes paths. */
export const COMPLETE_FILES = 1;

/** Shells that there is a completion for. */
export const SHELLS = ['bash', 'zsh'] as const;
export type Shell = (typeof SHELLS)[number];

export function isShell(text: string): text is Shell {
  return SHELLS.some((shell) => shell === text);
}

// yargs looks at SHELL to decide whether to describe its candidates, as zsh shows them: the script says which one asks.
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

/** What `source <(clic completion …)` runs. */
export function completionScript(shell: Shell): string {
  return shell === 'bash' ? BASH : ZSH;
}
