import { describe, expect, it } from 'vitest';
import { LiveScreen, renderView } from '../../../src/cli/follow/live-view.ts';
import { CapturedSink } from '../../helpers/run-cli.ts';
import { aStage, aTaskDetail } from '../../helpers/views.ts';

const STYLE = { columns: 80, rows: 24, color: false };

function plan(statuses: readonly string[]) {
  const stages = statuses.map((status, n) => aStage({ id: `t-${n + 1}`, status, statusSource: 'master' }));
  return {
    task: aTaskDetail({ name: 't', status: 'RUNNING', stageIds: stages.map(({ id }) => id) }),
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
      '  ✓ COMPLETED a   3 s',
      '  ● RUNNING   bb  since 06:24:10, retry 1',
    ]);
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

  it('goes up by the rows that wrapped lines take', async () => {
    const sink = new CapturedSink({ columns: 10, rows: 24 });
    const screen = new LiveScreen(sink);
    await screen.draw(['x'.repeat(25), 'y'], 10);
    await screen.draw(['z'], 10);
    expect(sink.text).toContain('\x1b[4A');
  });

  it('writes nothing when nothing has changed', async () => {
    const sink = new CapturedSink({ columns: 80, rows: 24 });
    const screen = new LiveScreen(sink);
    await screen.draw(['a'], 80);
    await screen.draw(['a'], 80);
    expect(sink.text).toBe('a\n');
  });
});
