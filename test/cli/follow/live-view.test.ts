import { describe, expect, it } from 'vitest';
import { LiveScreen } from '../../../src/cli/follow/live-screen.ts';
import { renderView } from '../../../src/cli/follow/live-view.ts';
import { CapturedSink } from '../../helpers/run-cli.ts';
import { Screen } from '../../helpers/screen.ts';
import { aStage, aTaskDetail } from '../../helpers/views.ts';

const STYLE = { columns: 80, rows: 24, color: false };

function plan(statuses: readonly string[]) {
  const stages = statuses.map((status, n) => aStage({ id: `t-${n + 1}`, status, statusSource: 'master' }));
  return {
    task: aTaskDetail({ name: 't', status: 'RUNNING', stageIds: stages.map(({ id }) => id) }),
    stages,
  };
}

/** Numbers from 0 to below n that are the same in every run. */
function lcg(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * n);
  };
}

function randomSnapshot(random: (n: number) => number) {
  const statuses = ['WAITING', 'RUNNING', 'PREPARED', 'COMPLETED', 'FAILED', 'SUSPEND'];
  const name = () => (random(3) === 0 ? '单词' : 'w').repeat(1 + random(25));
  const stages = Array.from({ length: random(30) }, (_, n) =>
    aStage({
      id: `${name()}-${n + 1}`,
      status: statuses[random(statuses.length)] ?? '',
      startTime: '2026-11-23T06:24:10',
      runtimeSeconds: random(2) === 0 ? null : random(100_000),
      retryCount: random(3),
    }),
  );
  return {
    task: aTaskDetail({ name: `${name()}-0`, status: 'RUNNING', runtimeSeconds: random(999) }),
    stages,
  };
}

describe('the live view', () => {
  it('shows since when a stage runs, how long it took, and its retries', () => {
    const { task } = plan([]);
    const stages = [
      aStage({ id: 'a', status: 'COMPLETED', startTime: '2026-11-23T06:24:07', runtimeSeconds: 3 }),
      aStage({ id: 'bb', status: 'RUNNING', startTime: '2026-11-23T06:24:10', retryCount: 1 }),
    ];
    expect(renderView({ task, stages }, STYLE)).toEqual([
      '● RUNNING   t  1/2 stages',
      '  ✓ COMPLETED a   3s',
      '  ● RUNNING   bb  since 06:24:10, retry 1',
    ]);
  });

  it('calls stages what the plan calls them, and says what waits for what and why a stage will never run', () => {
    const { task } = plan([]);
    const stages = [
      aStage({ id: 't-1', name: 'read', status: 'FAILED', failure: 'exited with code 3', children: ['t-2'] }),
      aStage({ id: 't-2', name: 'count', status: 'SKIPPED', children: [] }),
      aStage({ id: 't-3', name: 'sort', status: 'WAITING', waitsFor: 'a free slot', children: [] }),
    ];
    expect(renderView({ task, stages }, STYLE).slice(1)).toEqual([
      '  ✗ FAILED    read   exited with code 3',
      '  - SKIPPED   count  read failed',
      '  · WAITING   sort   waits for a free slot',
    ]);
    expect(renderView({ task, stages }, { ...STYLE, columns: 22 }).slice(1)).toEqual([
      '  ✗ FAILED    read',
      '  - SKIPPED   count',
      '  · WAITING   sort',
    ]);
  });

  it('gives the cause of a retry where there is room for it', () => {
    const { task } = plan([]);
    const failure = 'exit status 3; see /var/lib/clic-master/runs/t/a/1/log';
    const stages = [aStage({ id: 'a', status: 'WAITING', retryCount: 1, failure })];
    expect(renderView({ task, stages }, STYLE)[1]).toBe(`  · WAITING   a  retry 1: ${failure}`);
    expect(renderView({ task, stages }, { ...STYLE, columns: 60 })[1]).toBe(
      '  · WAITING   a  retry 1: exit status 3',
    );
    expect(renderView({ task, stages }, { ...STYLE, columns: 30 })[1]).toBe('  · WAITING   a  retry 1');
  });

  it('shows what matters most when a plan has more stages than the terminal has lines', () => {
    const statuses = [
      ...Array<string>(30).fill('COMPLETED'),
      'RUNNING',
      'FAILED',
      ...Array<string>(30).fill('WAITING'),
    ];
    const lines = renderView(plan(statuses), { ...STYLE, rows: 8 });
    expect(lines).toHaveLength(7);
    expect(lines.join('\n')).toContain('RUNNING   t-31');
    expect(lines.join('\n')).toContain('FAILED    t-32');
    expect(lines.at(-1)).toBe('  … and 57 more');
  });

  it('shows control characters instead of sending them', () => {
    const { task } = plan([]);
    const lines = renderView({ task, stages: [aStage({ id: 'a\x1b[2J', status: 'x\x07' })] }, STYLE);
    expect(lines.join('\n')).not.toMatch(/[\x07\x1b]/);
  });

  it('leaves out what can be missed, the columns first, before it lets a line wrap', () => {
    const { task } = plan([]);
    const stages = [
      aStage({ id: 'a'.repeat(30), status: 'COMPLETED', runtimeSeconds: 3 }),
      aStage({ id: 'bb', status: 'RUNNING', startTime: '2026-11-23T06:24:10', retryCount: 1 }),
    ];
    const at = (columns: number) => renderView({ task, stages }, { ...STYLE, columns });
    expect(at(70)[2]).toBe(`  ● RUNNING   bb${' '.repeat(28)}  since 06:24:10, retry 1`);
    expect(at(50).slice(1)).toEqual([
      `  ✓ COMPLETED ${'a'.repeat(30)}  3s`,
      '  ● RUNNING   bb  since 06:24:10, retry 1',
    ]);
    expect(at(44).slice(1)).toEqual([
      `  ✓ COMPLETED ${'a'.repeat(30)}`,
      '  ● RUNNING   bb  since 06:24:10, retry 1',
    ]);
    // Wrapped, it would take the last row that there is.
    expect(renderView({ task, stages }, { columns: 36, rows: 4, color: false })).toEqual([
      '● RUNNING   t  1/2 stages',
      `  ✓ ${'a'.repeat(30)}`,
      '  ● RUNNING   bb',
    ]);
  });

  it('says how far the task is where its name has no room', () => {
    const { task, stages } = plan(['COMPLETED', 'RUNNING']);
    const long = { task: { ...task, name: 'n'.repeat(60) }, stages };
    expect(renderView(long, { columns: 30, rows: 3, color: false })).toEqual(['● RUNNING   1/2 stages']);
    expect(renderView(long, { columns: 20, rows: 1, color: false })).toEqual([]);
  });

  it('fits on every terminal, has its ids whole, and leaves nothing of itself behind when it is drawn again', async () => {
    const random = lcg(7);
    for (let columns = 20; columns <= 200; columns += 1) {
      for (const rows of [1, 2, 3, 5, 8, 24, 50]) {
        const sink = new CapturedSink({ columns, rows });
        const live = new LiveScreen(sink);
        const screen = new Screen(columns, rows);
        const above = rows > 2 ? 'typed' : '';
        if (above !== '') screen.write(`${above}\n`);
        for (let draw = 0; draw < 3; draw += 1) {
          const snapshot = randomSnapshot(random);
          const lines = renderView(snapshot, { columns, rows, color: draw === 2 });
          const from = sink.text.length;
          await live.draw(lines, { columns, rows });
          const before = screen.scrolled;
          screen.write(sink.text.slice(from));
          const shown = lines.map((line) => line.replace(/\x1b\[\d*m/g, ''));
          const where = `${columns} x ${rows}`;
          // All of it, and below nothing but what was typed before: where it was not scrolled off, that is still there.
          const expected = screen.scrolled === 0 ? above + shown.join('') : shown.join('');
          expect(screen.text.join(''), where).toBe(expected);
          expect(screen.scrolled - before, where).toBeLessThan(rows);
          const ids = [snapshot.task.name, ...snapshot.stages.map(({ id }) => id)];
          for (const line of shown) {
            const named = /^ *[^ ]+ (?:[A-Z]+ +)?([a-z单词-][^ ]*-\d+)/.exec(line)?.[1];
            if (named !== undefined) expect(ids, where).toContain(named);
          }
        }
      }
    }
  });
});

describe('the screen of the live view', () => {
  it('goes up by the rows that wrapped lines take', async () => {
    const sink = new CapturedSink({ columns: 10, rows: 24 });
    const screen = new LiveScreen(sink);
    await screen.draw(['x'.repeat(25), 'y'], { columns: 10, rows: 24 });
    await screen.draw(['z'], { columns: 10, rows: 24 });
    expect(sink.text).toContain('\x1b[4A');
  });

  it('counts a wide character that does not fit at the edge to the next row', async () => {
    const sink = new CapturedSink({ columns: 5, rows: 24 });
    const screen = new LiveScreen(sink);
    await screen.draw(['单词计数单'], { columns: 5, rows: 24 });
    await screen.draw(['z'], { columns: 5, rows: 24 });
    expect(sink.text).toContain('\x1b[3A');
  });

  it('goes up by the rows that its lines take since the terminal was resized', async () => {
    const sink = new CapturedSink({ columns: 20, rows: 24 });
    const screen = new LiveScreen(sink);
    await screen.draw(['x'.repeat(20)], { columns: 20, rows: 24 });
    await screen.draw(['x'.repeat(20)], { columns: 10, rows: 24 });
    expect(sink.text).toContain('\x1b[2A');
  });

  it('erases row by row, and the rows that a shorter view leaves', async () => {
    const sink = new CapturedSink({ columns: 10, rows: 24 });
    const screen = new LiveScreen(sink);
    await screen.draw(['x'.repeat(15), 'y', 'z'], { columns: 10, rows: 24 });
    await screen.draw(['w'], { columns: 10, rows: 24 });
    expect(sink.text.slice(sink.text.indexOf('\x1b[4A'))).toBe(
      '\x1b[4A\r\x1b[Kw\n\x1b[K\x1b[1B\x1b[K\x1b[1B\x1b[K\x1b[2A',
    );
  });

  it('goes no further up than the terminal is high', async () => {
    const sink = new CapturedSink({ columns: 20, rows: 5 });
    const screen = new LiveScreen(sink);
    await screen.draw(['x'.repeat(20), 'y'.repeat(20), 'z'], { columns: 20, rows: 5 });
    await screen.draw(['x'], { columns: 5, rows: 5 });
    expect(sink.text).toContain('\x1b[4A\r');
  });

  it('can be left empty', async () => {
    const sink = new CapturedSink({ columns: 20, rows: 24 });
    const screen = new LiveScreen(sink);
    await screen.draw(['x'], { columns: 20, rows: 24 });
    await screen.draw([], { columns: 20, rows: 24 });
    await screen.draw([], { columns: 20, rows: 24 });
    expect(sink.text).toBe('\x1b[Kx\n\x1b[1A\r\x1b[K');
  });

  it('writes nothing when nothing has changed', async () => {
    const sink = new CapturedSink({ columns: 80, rows: 24 });
    const screen = new LiveScreen(sink);
    await screen.draw(['a'], { columns: 80, rows: 24 });
    await screen.draw(['a'], { columns: 80, rows: 24 });
    expect(sink.text).toBe('\x1b[Ka\n');
  });
});
