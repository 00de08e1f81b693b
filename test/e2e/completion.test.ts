import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeTasks, serveList } from '../../src/dev/bench/replies.ts';
import { CLIC, NODE, clic, clicEnv } from '../helpers/clic-process.ts';
import { describeWith, works } from '../helpers/needs.ts';

const run = promisify(execFile);
const BIN = path.dirname(CLIC);

/** Gives an interactive zsh a terminal, types each argument and Tab, and prints what zsh made of it: what it drew, and the line. */
const TYPIST = `
zmodload zsh/zpty || exit 3
zpty z zsh -d -i
zpty -r -m z out '*ready*' || exit 4
for line in "$@"; do
  zpty -w -n z "$line"$'\\t'$'\\x18'
  zpty -r -m z out '*»»*' || exit 5
  print -rn -- "$out"$'\\0'
done
zpty -d z
`;
/** Ctrl-X prints the line as it is and empties it. `-D` writes no dump; `-u` asks nothing about who owns the functions. */
const zshrc = (load: string): string => `
stty rows 60 cols 150
PS1='% '
${load}
report() { print -rn -- "««$BUFFER»»"; BUFFER= }
zle -N report
bindkey '^X' report
print re''ady
`;
const COMPINIT = 'autoload -U compinit && compinit -D -u';

interface Typed {
  /** The line after Tab. */
  readonly line: string;
  /** All that the terminal was sent, without its sequences. */
  readonly shown: string;
}

describeWith(works('zsh', '-c', 'zmodload zsh/zpty') ? null : 'zsh', 'completion in zsh', () => {
  let server: Awaited<ReturnType<typeof serveList>>;
  let folder: string;
  beforeAll(async () => {
    server = await serveList(makeTasks(1));
    folder = mkdtempSync(path.join(tmpdir(), 'clic-zsh-'));
    mkdirSync(path.join(folder, 'functions'));
    writeFileSync(path.join(folder, 'plan.yaml'), '');
    const { stdout } = await clic(['completion', 'zsh']);
    writeFileSync(path.join(folder, 'functions/_clic'), stdout);
  });
  afterAll(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });

  const SOURCED = `${COMPINIT} && source <(clic completion zsh)`;
  async function type(lines: readonly string[], load = SOURCED): Promise<Typed[]> {
    writeFileSync(path.join(folder, '.zshrc'), zshrc(load));
    const env = {
      PATH: `${BIN}:${path.dirname(NODE)}:${process.env['PATH'] ?? ''}`,
      HOME: folder,
      ZDOTDIR: folder,
      TERM: 'xterm',
      LANG: 'C.UTF-8',
    };
    const { stdout } = await run('zsh', ['-f', '-c', TYPIST, 'zsh', ...lines], {
      cwd: folder,
      env: clicEnv({ port: server.port, env }),
      timeout: 25_000,
    });
    return stdout
      .split('\0')
      .slice(0, -1)
      .map((text) => text.replace(/\x1b\[[\d;?]*[A-Z]|\x1b[=>]|\r/gi, ''))
      .map((shown) => ({ shown, line: /^[^«]*««(.*)»»/s.exec(shown)?.[1] ?? '' }));
  }

  it('completes verbs, one-dash forms, options and their values', async () => {
    const typed = ['clic sub', 'clic -list', 'clic list --ou', 'clic list -o jsonl', 'clic list --output=cs'];
    expect((await type(typed)).map(({ line }) => line)).toEqual([
      'clic submit ',
      'clic -list_task ',
      'clic list --output ',
      'clic list -o jsonl ',
      'clic list --output=csv ',
    ]);
  });

  it('describes what it proposes', async () => {
    const [verbs, options] = await type(['clic co', 'clic list -']);
    expect(verbs?.line).toBe('clic co');
    expect(verbs?.shown).toMatch(/config +-- show the configuration in force/);
    expect(options?.shown).toMatch(/--output +-o +-- how data is printed/);
  });

  it('completes names of tasks, quoted or not, and a file where it has no names', async () => {
    const name = makeTasks(1)[0]?.name ?? '';
    const begun = name.slice(0, -2);
    const typed = [`clic stages ${begun}`, `clic stages '${begun}`, 'clic lint plan.yaml pl'];
    expect((await type(typed)).map(({ line }) => line)).toEqual([
      `clic stages ${name} `,
      `clic stages '${name}' `,
      'clic lint plan.yaml plan.yaml ',
    ]);
  });

  it('completes commands, options, their values and files for clic-master', async () => {
    const typed = [
      'clic-master con',
      'clic-master --log-format j',
      'clic-master --log-format=j',
      'clic-master config -o js',
      'clic-master --config pl',
    ];
    const load = `${COMPINIT} && source <(clic-master completion zsh)`;
    expect((await type(typed, load)).map(({ line }) => line)).toEqual([
      'clic-master config ',
      'clic-master --log-format json ',
      'clic-master --log-format=json ',
      'clic-master config -o json ',
      'clic-master --config plan.yaml ',
    ]);
  });

  it('is found by compinit as a file of fpath, too, and goes on working', async () => {
    const lines = await type(['clic sub', 'clic sub'], `fpath=($ZDOTDIR/functions $fpath); ${COMPINIT}`);
    expect(lines.map(({ line }) => line)).toEqual(['clic submit ', 'clic submit ']);
  });
});
