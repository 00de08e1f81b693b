import { describe, expect, test } from 'vitest';
import type { MasterClient } from '../../src/model/master-client.ts';
import { parseStage, parseTask, parseTaskDetail } from '../../src/rpc/conversion.ts';
import type { WireMap } from '../../src/rpc/services.ts';
import { runCli } from '../helpers/run-cli.ts';
import { resultOf } from '../helpers/run-result.ts';
import { recording, recordingNames, type Recording } from '../helpers/wire.ts';

/** A master that answers as the recorded one did. */
function recordedClient(name: string): Partial<MasterClient> {
  const replies = recording(name).exchanges.map(({ decodedReply }) => decodedReply.fields['0']);
  const map = (index: number) => replies[index] as WireMap;
  return {
    listTasks: () => Promise.resolve((replies[0] as WireMap[]).map(parseTask)),
    task: () => Promise.resolve(parseTaskDetail(map(0))),
    stage: () => Promise.resolve(parseStage(map(0))),
    stagesOf: () => Promise.resolve(replies.slice(1).map((_, i) => parseStage(map(i + 1)))),
    suspendStage: () => Promise.resolve(replies[0] as boolean),
    continueStage: () => Promise.resolve(replies[0] as boolean),
    resultPath: () => Promise.resolve(replies[0] as string),
  };
}

const recorded = recordingNames().map(recording);
const tables = recorded.filter(({ stdout }) => stdout?.startsWith('+'));

const FORMS = ['-list_task', '-task', '-task_stage', '-stage'];

test('the recordings hold a table of each kind', () => {
  expect(new Set(tables.map(({ command }) => command?.[0]))).toEqual(new Set(FORMS));
});

describe.each(tables)('the recorded table $case', (table) => {
  const expected =
    table.command?.[0] === '-task' ? withMissingCells(table) : table.stdout?.replace(/\n\n$/, '\n');
  const [form = '', ...rest] = table.command ?? [];

  test('is what the one-dash form prints', async () => {
    const { exit, stdout, stderr } = await runCli([form, ...rest], { client: recordedClient(table.case) });
    expect(stdout).toBe(expected);
    expect([exit, stderr]).toEqual([0, '']);
  });
});

/**
 * The Java shell leaves a cell out of the continued rows of `-task`: the second stage id stands below task_runtime, which
 * makes that column too wide. Here the cell is put back, and the columns take their widths from what they hold.
 */
function withMissingCells({ stdout = '' }: Recording): string {
  const [rule = '', header = '', , first = '', ...continued] = stdout
    .split('\n')
    .filter((line) => line !== '');
  const cells = (line: string) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.slice(1).trimEnd());
  const below = continued.filter((line) => line !== rule).map(cells);
  expect(below.map((row) => row.length)).toEqual(below.map(() => 7));
  const rows = [cells(header), cells(first), ...below.map((row) => row.toSpliced(6, 0, ''))];
  const widths = cells(header).map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  const line = (row: string[]) => `| ${row.map((cell, i) => cell.padEnd(widths[i]!)).join(' | ')} |\n`;
  const ruler = `+${widths.map((width) => '-'.repeat(width + 2)).join('+')}+\n`;
  return ruler + line(rows[0]!) + ruler + rows.slice(1).map(line).join('') + ruler;
}

describe('the recorded sentences', () => {
  test.each(['suspend-true', 'continue-true'])('%s is one line on stdout', async (name) => {
    const { command = [], stdout } = recording(name);
    const result = await runCli(command, { client: recordedClient(name) });
    expect(result).toMatchObject({ exit: 0, stdout: `${stdout?.trim() ?? ''}\n`, stderr: '' });
  });

  test('suspend-false is an error now, and says the same', async () => {
    const { command = [], stdout } = recording('suspend-false');
    const result = await runCli(command, { client: recordedClient('suspend-false') });
    expect(result).toMatchObject({ exit: 1, stdout: '' });
    expect(result.stderr.replaceAll(' ', '')).toContain(stdout?.trim().replaceAll(' ', ''));
  });

  test('result-completed has its sentence on stderr and its lines on stdout', async () => {
    const { command = [], stdout = '' } = recording('result-completed');
    const [sentence, ...lines] = stdout.trim().split('\n');
    const result = await runCli(command, {
      client: recordedClient('result-completed'),
      openResult: resultOf(lines.map((line) => `${line}\n`).join('')),
    });
    expect(result.stdout).toBe(lines.map((line) => `${line}\n`).join(''));
    expect(result.stderr.trim()).toBe(sentence?.trim());
  });
});
