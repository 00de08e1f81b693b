import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Runs one attempt in a process group of its own, so that it outlives a master that is killed. `$1` is the
 * attempt's folder, `$2` the platform, the rest the program.
 *
 * Creating the file `pid` claims the attempt: of any number of supervisors, one can, and only that one runs the program.
 * The file says which process it is, and when that was born. `exit` gets the program's exit status, 128 + n after
 * signal n. Both are for the user alone; the program gets the umask of the master. A program that failed or was stopped takes what it started along. Signals that end the program leave the
 * supervisor alive until that is written.
 *
 * Only builtins are used, since PATH is the program's; and variables of the program's environment are variables of
 * the shell, hence the prefix.
 */
const SCRIPT = `
_clic_stopped=
trap '_clic_stopped=yes' HUP INT TERM
_clic_umask=$(umask)
umask 077
_clic_dir=$1
_clic_platform=$2
shift 2
if [ "$_clic_platform" = linux ]; then
  read -r _clic_boot < /proc/sys/kernel/random/boot_id
  read -r _clic_stat < /proc/$$/stat
  _clic_born="$_clic_boot $_clic_stat"
else
  _clic_born=$(LC_ALL=C TZ=UTC0 /bin/ps -o stat= -o lstart= -p $$)
fi
set -C
{ echo "$$ $_clic_born" > "$_clic_dir/pid"; } 2> /dev/null || exit 0
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
  /** Exists. */
  readonly attemptDir: string;
  /** Exists; the program is started in it. */
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
 * Starts a supervisor, which doesn't keep this process alive.
 * @throws Error when the operating system refuses at once; later refusals come as the child's 'error' event
 */
export function spawnSupervisor({ attemptDir, workDir, command, env }: Program): ChildProcess {
  const log = openSync(join(attemptDir, 'log'), 'a', 0o600);
  try {
    // Shells drop variables that they couldn't name; env(1) hands them on.
    const odd = oddVariables(env);
    const argv = odd.length === 0 ? command : ['/usr/bin/env', ...odd, ...command];
    const child = spawn('/bin/sh', ['-c', SCRIPT, 'clic-stage', attemptDir, process.platform, ...argv], {
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

/** The variables, as name=value, whose names a POSIX shell doesn't take. */
function oddVariables(env: Readonly<Record<string, string>>): string[] {
  return Object.entries(env)
    .filter(([name]) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
    .map(([name, value]) => `${name}=${value}`);
}
