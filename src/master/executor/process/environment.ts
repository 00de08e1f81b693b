/**
 * What a program gets of the master's own environment: what it needs to find its files, its user and the
 * runtimes of CLIC's platforms. Everything else, secrets of the master among it, stays here.
 */
const PASSED_ON: readonly string[] = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'TMPDIR',
  'TZ',
  'LANG',
  'LANGUAGE',
  'JAVA_HOME',
  'HADOOP_HOME',
  'HADOOP_CONF_DIR',
  'SPARK_HOME',
  'PYTHONPATH',
];
/** And every variable that begins so: LC_ALL, LC_CTYPE… */
const PASSED_ON_PREFIX = 'LC_';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What the environment of one program is made of. */
export interface EnvironmentSources {
  readonly master: Environment;
  /** Names of further variables of the master to pass on. */
  readonly passEnv: readonly string[];
  /** What the plan and the scheduler set; it goes before the master's. */
  readonly run: Readonly<Record<string, string>>;
  readonly planDir: string;
  readonly workDir: string;
}

/** The complete environment of a stage's program. */
export function programEnvironment(sources: EnvironmentSources): Record<string, string> {
  const passed = new Set([...PASSED_ON, ...sources.passEnv]);
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(sources.master)) {
    if (value !== undefined && (passed.has(name) || name.startsWith(PASSED_ON_PREFIX))) env[name] = value;
  }
  return { ...env, ...sources.run, CLIC_PLAN_DIR: sources.planDir, CLIC_WORK_DIR: sources.workDir };
}
