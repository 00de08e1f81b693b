import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { logFileOf } from './files.ts';

/**
 * Runs one attempt in a process group of its own, so that it outlives a master that is killed. `$1` is the
 * attempt's folder, `$2` the umask of the program and `$3` the id of the machine's start where they are known, which is on Linux, and empty
 * elsewhere, the rest the program.
 *
 * Creating the file `pid` claims the attempt: of any number of supervisors, one can, and only that one runs the program.
 * The file says which process it is, and when that was born. `exit` gets the program's exit status, 128 + n after
 * signal n. Both are for the user alone. A program that failed or was stopped takes what it started along. Signals that
 * end the program leave the supervisor alive until that is written. The supervisor exits with 0 only where it ran the
 * program and that succeeded.
 *
 * Only builtins are used, since PATH is the program's; and variables of the program's environment are variables of
 * the shell, hence the prefix. Shells fork for `$( )` even where only builtins run: on Linux there is none.
 */
const SCRIPT = `
_clic_stopped=
trap '_clic_stopped=yes' HUP INT TERM
_clic_dir=$1
_clic_umask=\${2:-$(umask)}
umask 077
_clic_boot=$3
shift 3
if [ -n "$_clic_boot" ]; then
  read -r _clic_stat < /proc/$$/stat
  _clic_born="$_clic_boot $_clic_stat"
else
  _clic_born=$(LC_ALL=C TZ=UTC0 /bin/ps -o stat= -o lstart= -p $$)
fi
set -C
{ echo "$$ $_clic_born" > "$_clic_dir/pid"; } 2> /dev/null || exit 1
set +C
_clic_status=143
if [ -z "$_clic_stopped" ]; then
  ( umask "$_clic_umask" && exec "$@" )
  _clic_status=$?
fi
echo "$_clic_status" > "$_clic_dir/exit" || exit "$_clic_status"
[ "$_clic_status$_clic_stopped" = 0 ] || kill -s KILL 0
`;

/** What a supervisor is to run. */
export interface Program {
  readonly attemptDir: string;
  /** The program is started in it. */
  readonly workDir: string;
  readonly command: readonly string[];
  /** The complete environment. */
  readonly env: Readonly<Record<string, string>>;
}

/** Why a supervisor can't run such a program, or null when it can. */
export function programProblem(program: Pick<Program, 'command' | 'env'>): string | null {
  const [name] = program.command;
  if (name === undefined || name === '') return 'its command is empty';
  if (name.startsWith('-')) return `its program's name begins with '-': ${name}`;
  const odd = oddVariables(program.env);
  if (odd.some((pair) => pair.startsWith('=') || pair.startsWith('-'))) {
    return "its environment has a variable whose name is empty or begins with '-'";
  }
  if (odd.length > 0 && name.includes('=')) return `its program's name contains '=': ${name}`;
  return null;
}

/**
 * Starts a supervisor, which doesn't keep this process alive. Both folders exist.
 * @throws Error when the operating system refuses at once; later refusals come as the child's 'error' event
 */
export function spawnSupervisor({ attemptDir, workDir, command, env }: Program): ChildProcess {
  const log = openSync(logFileOf(attemptDir), 'a', 0o600);
  try {
    // Shells drop variables that they couldn't name; env(1) hands them on.
    const odd = oddVariables(env);
    const argv = odd.length === 0 ? command : ['/usr/bin/env', ...odd, ...command];
    known ??= lookAround();
    const script = ['-c', SCRIPT, 'clic-stage', attemptDir, known.umask, known.bootId];
    const child = spawn('/bin/sh', [...script, ...argv], {
      cwd: workDir,
      env,
      detached: true,
      stdio: ['ignore', log, log],
    });
    child.unref();
    return child;
  } finally {
    closeSync(log);
  }
}

/** What does not change while this process lives. */
interface Surroundings {
  readonly umask: string;
  readonly bootId: string;
}

let known: Surroundings | null = null;

function lookAround(): Surroundings {
  if (process.platform !== 'linux') return { umask: '', bootId: '' };
  return {
    umask: /^Umask:\s*([0-7]+)$/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1] ?? '',
    bootId: readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim(),
  };
}

/** The variables, as name=value, whose names a POSIX shell doesn't take. */
function oddVariables(env: Readonly<Record<string, string>>): string[] {
  return Object.entries(env)
    .filter(([name]) => !/^[A-Z_]\w*$/i.test(name))
    .map(([name, value]) => `${name}=${value}`);
}
