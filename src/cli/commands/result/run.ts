import { resolve } from 'node:path';
import { FORMATS } from '../../../config/options.ts';
import { integer } from '../../../config/value-types.ts';
import { UsageError } from '../../../model/errors.ts';
import type { Arguments } from '../../command-line/arguments.ts';
import type { Context } from '../../context.ts';
import { printable } from '../../../model/printable.ts';
import { replaceFile, refuseUnwritable } from '../../result/output-file.ts';
import { isJson } from '../../output/print.ts';
import { locateResult } from '../../result/locate.ts';
import { stageIdOf } from '../../stage-fate.ts';
import { renderResult } from '../../result/render.ts';

const DEFAULT_LINES = 10;

/** `clic result <stageId> [lineNum]`. */
export async function run(args: Arguments, context: Context): Promise<number> {
  const given = args.required('stageId');
  const fileGiven = args.text('output-file');
  // `-` is stdout.
  const outputFile = fileGiven === undefined || fileGiven === '-' ? null : resolve(context.io.cwd, fileGiven);
  const lines = linesGiven(args);
  if (outputFile !== null) await refuseUnwritable(outputFile);
  const format = await context.format(FORMATS);
  const { webhdfs, hdfsUser } = (await context.config()).values;

  const client = await context.client();
  const path = await locateResult(client, given);
  // Only documents tell the id.
  const stageId = isJson(format) || format === 'yaml' ? await stageIdOf(client, given) : given;
  if (format !== 'name' && outputFile === null) {
    await context.note(`The result of ${printable(given)} has been saved in ：${printable(path)}`);
  }
  const open = () =>
    context.deps.openResult(path, {
      ...(webhdfs === null ? {} : { webHdfs: webhdfs }),
      ...(hdfsUser === null ? {} : { user: hdfsUser }),
      signal: context.signal,
    });
  const chunks = renderResult(
    { stageId, path, open },
    {
      lines: lines ?? (args.flag('all') === true || fileGiven !== undefined ? null : DEFAULT_LINES),
      isLinesGiven: lines !== null,
      format,
      toTerminal: outputFile === null && context.io.stdout.isTty,
      note: (text) => context.note(text),
    },
  );
  if (outputFile === null) {
    for await (const chunk of chunks) await context.io.stdout.write(chunk);
  } else {
    await replaceFile(outputFile, chunks);
    await context.note(`written to ${printable(outputFile)}`);
  }
  return 0;
}

/** The number of lines that is given, or null. */
function linesGiven(args: Arguments): number | null {
  const count = integer(0, 1_000_000_000_000);
  const given = [args.value('lineNum', count, '<lineNum>'), args.value('lines', count)].filter(
    (n) => n !== undefined,
  );
  if (given.length + (args.flag('all') === true ? 1 : 0) > 1) {
    throw new UsageError(
      'the number of lines is given more than once: use one of lineNum, --lines and --all',
    );
  }
  return given[0] ?? null;
}
