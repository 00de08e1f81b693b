import { FORMATS } from '../../config/options.ts';
import type { Context } from '../context.ts';
import { print } from './print.ts';
import { printable } from '../../model/printable.ts';

/** Says that a stage was suspended or goes on: the one line that is the data of these commands. */
export async function confirmChange(
  context: Context,
  stageId: string,
  suspended: boolean,
  sentence: string,
): Promise<void> {
  const format = await context.format(FORMATS);
  const { stdout } = context.io;
  if (format === 'table') return stdout.write(`${printable(sentence)}\n`);
  const record = { stageId, suspended };
  const table = { columns: ['stage_id', 'suspended'], rows: [[stageId, String(suspended)]] };
  await print(
    {
      document: () => record,
      records: () => [record],
      table: () => table,
      csv: () => table,
      names: () => [stageId],
    },
    format,
    stdout,
  );
}
