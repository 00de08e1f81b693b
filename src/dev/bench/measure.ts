import { spawn } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a row of the benchmark prints: what was measured, the measure with its unit, and the goal where there is one. */
export interface Figure {
  readonly what: string;
  readonly measured: string;
  readonly goal?: string;
}

/** Measures, figure by figure, the project at `root`. */
export type Row = (root: string) => AsyncIterable<Figure>;

/** A command line of Node. */
export interface Program {
  readonly name: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Milliseconds from start to exit. The event loop stays free: the server that is asked may be in this process. */
async function wallTime(program: Program): Promise<number> {
  const begun = performance.now();
  await runNode(program, []);
  return performance.now() - begun;
}

/** The largest resident set of a run, in MiB. */
export async function peakMemory(program: Program): Promise<number> {
  const report = join(tmpdir(), `clic-bench-${process.pid}-rss`);
  const hook = `${report}.cjs`;
  writeFileSync(
    hook,
    `process.on('exit', () => require('node:fs').writeFileSync(${JSON.stringify(report)}, String(process.resourceUsage().maxRSS)));`,
  );
  try {
    await runNode(program, ['--require', hook]);
    return Number(readFileSync(report, 'utf8')) / 1024;
  } finally {
    rmSync(report, { force: true });
    rmSync(hook, { force: true });
  }
}

/** The medians of so many runs of each, taken in turns so that the machine's noise meets all of them. */
export async function interleaved(programs: readonly Program[], runs: number): Promise<Map<string, number>> {
  const times = new Map(programs.map(({ name }) => [name, [] as number[]]));
  for (const program of programs) await wallTime(program);
  for (let run = 0; run < runs; run += 1) {
    for (const program of programs) times.get(program.name)?.push(await wallTime(program));
  }
  return new Map([...times].map(([name, values]) => [name, median(values)]));
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}

async function runNode({ name, args, env }: Program, nodeArgs: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [...nodeArgs, ...args], {
    // A pipe that is read, as a script would: what is printed has to be printed.
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  });
  child.stdout.resume();
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`${name} ended with ${String(code)}`);
}
