import type { Deps } from '../../src/cli/context.ts';
import { sourceOf } from '../../src/results/source.ts';
import { runCli, type CliRun } from './run-cli.ts';

/** The result that `runResult` prints where none is given. */
export const TEXT = Array.from({ length: 30 }, (_, i) => `line ${i + 1}\n`).join('');

/** A result that holds `content`, cut into chunks where nobody would cut it. */
export function resultOf(content: string | Buffer, chunkSize = 7): Deps['openResult'] {
  const bytes = Buffer.from(content);
  const read = async function* () {
    for (let i = 0; i < bytes.length; i += chunkSize)
      yield await Promise.resolve(bytes.subarray(i, i + chunkSize));
  };
  return (path) => sourceOf([{ path, read }]);
}

/** Runs `clic result s-1 …` with a result that holds `content`. */
export function runResult(
  argv: readonly string[],
  content: string | Buffer = TEXT,
  cwd?: string,
): Promise<CliRun> {
  return runCli(['result', 's-1', ...argv], {
    client: { resultPath: () => Promise.resolve('/data/out/words.csv') },
    openResult: resultOf(content),
    ...(cwd === undefined ? {} : { cwd }),
  });
}
