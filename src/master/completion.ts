import type { OptionSpec, OptionTable } from '../config/option.ts';
import { path } from '../config/value-types.ts';
import { MASTER_VERBS } from './command-line.ts';

// All that can be completed is known beforehand, so the scripts hold it: a shell need not start clic-master to ask.

const VERBS = MASTER_VERBS.map(([usage, describe]) => ({ verb: usage.replace(/ .*/, ''), describe }));

/** What `source <(clic-master completion bash)` runs. */
export function bashCompletion(table: OptionTable): string {
  const specs = Object.values(table);
  const words = ['--config', '--output', '--help', '--version', ...specs.map(({ flag }) => `--${flag}`)];
  const values = specs.flatMap(({ flag, type }) =>
    type.name !== 'boolean' && type.choices !== undefined
      ? [`    --${flag}) COMPREPLY=($(compgen -W '${type.choices.join(' ')}' -- "$word")); return ;;\n`]
      : [],
  );
  const paths = ['config', ...specs.filter(isPath).map(({ flag }) => flag)].map((flag) => `--${flag}`);
  const others = specs
    .filter((spec) => spec.type.name !== 'boolean' && spec.type.choices === undefined && !isPath(spec))
    .map(({ flag }) => `--${flag}`);
  return `# Completion of clic-master for bash. Put into ~/.bashrc:  source <(clic-master completion bash)
_clic_master() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}"
  if [[ "$word" == = ]]; then
    word=
  elif [[ "$before" == = ]]; then
    before="\${COMP_WORDS[COMP_CWORD-2]}"
  fi
  COMPREPLY=()
  case "$before" in
${values.join('')}    -o | --output) COMPREPLY=($(compgen -W 'table json' -- "$word")); return ;;
    completion) COMPREPLY=($(compgen -W 'bash zsh' -- "$word")); return ;;
    ${paths.join(' | ')}) compopt -o default; return ;;
    ${others.join(' | ')}) return ;;
  esac
  if [[ "$word" == -* ]]; then
    COMPREPLY=($(compgen -W '${words.join(' ')}' -- "$word"))
  elif [[ "$COMP_CWORD" -eq 1 ]]; then
    COMPREPLY=($(compgen -W '${VERBS.map(({ verb }) => verb).join(' ')}' -- "$word"))
  fi
}
complete -F _clic_master clic-master
`;
}

/** What `source <(clic-master completion zsh)` runs, or the file _clic-master in a folder of fpath. */
export function zshCompletion(table: OptionTable): string {
  const options = Object.values(table).map((spec) => {
    const { flag, type, help } = spec;
    if (type.name === 'boolean') return `--${flag}[${escaped(help)}]`;
    const action = isPath(spec) ? '_files' : type.choices === undefined ? ' ' : `(${type.choices.join(' ')})`;
    return `--${flag}=[${escaped(help)}]:${type.name}:${action}`;
  });
  const lines = [
    ...options.map((option) => `'${option}'`),
    "'--config=[the configuration file to read]:path:_files'",
    "'(-o --output)'{-o,--output=}'[how clic-master config prints]:format:(table json)'",
    "'(-h --help)'{-h,--help}'[print how it is used]'",
    "'(-V --version)'{-V,--version}'[print the version]'",
    "'1:command:{ _describe command verbs }'",
  ];
  return `#compdef clic-master
# Completion of clic-master for zsh. Put into ~/.zshrc, below compinit:  source <(clic-master completion zsh)
_clic-master() {
  local -a verbs
  verbs=(${VERBS.map(({ verb, describe }) => `'${verb}:${describe}'`).join(' ')})
  if [[ "\${words[CURRENT-1]}" == completion ]]; then
    compadd bash zsh
    return
  fi
  _arguments \\
    ${lines.join(' \\\n    ')}
}
if [[ "\${funcstack[1]}" == _clic-master ]]; then
  _clic-master "$@"
else
  compdef _clic-master clic-master
fi
`;
}

function isPath({ type }: OptionSpec<unknown>): boolean {
  return type.name === path.name;
}

/** A description within brackets of `_arguments`, in single quotes. */
function escaped(text: string): string {
  return text.replaceAll(/[\\[\]:]/g, '\\$&').replaceAll("'", '’');
}
