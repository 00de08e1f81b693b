import { existsSync } from 'node:fs';
import path from 'node:path';
import { Linter } from 'eslint';
import { describe, expect, it } from 'vitest';
import tseslint from 'typescript-eslint';
import { ROOT } from './markdown.ts';

const { default: config } = (await import(path.join(ROOT, 'eslint.config.mjs'))) as {
  default: readonly Linter.Config[];
};
const ours = config.find(({ rules }) => rules?.['import-x/no-restricted-paths'] !== undefined);
const linter = new Linter({ cwd: ROOT });

/** What the import zones say to a file of src/ that imports another one. */
function complaints(file: string, imported: string): string[] {
  const relative = path.relative(path.dirname(file), imported);
  const code = `import '${relative.startsWith('.') ? relative : `./${relative}`}';\n`;
  const rule = 'import-x/no-restricted-paths';
  const zones = {
    files: ['**/*.ts'],
    languageOptions: { parser: tseslint.parser },
    plugins: ours?.plugins ?? {},
    settings: ours?.settings ?? {},
    rules: { [rule]: ours?.rules?.[rule] ?? 'off' },
  } as Linter.Config;
  return linter.verify(code, zones, path.join(ROOT, 'src', file)).map(({ message }) => message);
}

describe('ESLint refuses an import against the arrows', () => {
  it.each([
    ['model/views.ts', 'plan/findings.ts'],
    ['plan/check.ts', 'config/options.ts'],
    ['results/path.ts', 'rpc/values.ts'],
    ['rpc/server.ts', 'master/log.ts'],
    ['cli/run.ts', 'master/log.ts'],
    ['master/service/service.ts', 'cli/io.ts'],
    ['master/scheduler/loop.ts', 'plan/load.ts'],
    ['master/scheduler/loop.ts', 'results/path.ts'],
    ['master/scheduler/loop.ts', 'config/value-types.ts'],
    ['master/scheduler/loop.ts', 'rpc/services.ts'],
    ['master/scheduler/loop.ts', 'master/log.ts'],
    ['master/scheduler/loop.ts', 'master/store/level.ts'],
    ['master/scheduler/loop.ts', 'master/store/open.ts'],
    ['master/scheduler/loop.ts', 'master/executor/process.ts'],
    ['master/scheduler/loop.ts', 'master/executor/process/files.ts'],
    ['master/master.ts', 'master/store/level.ts'],
    ['master/service/service.ts', 'master/store/memory.ts'],
    ['master/executor/process.ts', 'master/store/store.ts'],
    ['master/store/store.ts', 'master/store/level.ts'],
    ['master/store/level.ts', 'master/store/memory.ts'],
    ['master/store/open.ts', 'master/store/level-database.ts'],
    ['master/store/level.ts', 'master/executor/executor.ts'],
    ['master/store/level.ts', 'master/scheduler/loop.ts'],
    ['master/state/records.ts', 'master/scheduler/loop.ts'],
    ['master/state/records.ts', 'master/store/store.ts'],
    ['master/service/service.ts', 'master/executor/process.ts'],
    ['master/main.ts', 'master/executor/process/files.ts'],
    ['master/master.ts', 'master/executor/kubernetes.ts'],
    ['master/kubernetes/api.ts', 'master/executor/executor.ts'],
    ['master/service/service.ts', 'dev/bench/measure.ts'],
    ['model/views.ts', 'dev/bench/measure.ts'],
    ['cli/commands/list.ts', 'dev/bench/measure.ts'],
  ])('of %s -> %s', (file, imported) => {
    expect(complaints(file, imported).join('\n')).toContain('Unexpected path');
  });
});

describe('ESLint takes an import along the arrows', () => {
  it.each([
    ['plan/check.ts', 'plan/findings.ts'],
    ['cli/run.ts', 'plan/suggest.ts'],
    ['master/service/service.ts', 'model/uri.ts'],
    ['master/scheduler/loop.ts', 'model/plan.ts'],
    ['master/scheduler/loop.ts', 'master/scheduler/clock.ts'],
    ['master/scheduler/loop.ts', 'master/store/store.ts'],
    ['master/scheduler/loop.ts', 'master/executor/executor.ts'],
    ['master/store/open.ts', 'master/store/level.ts'],
    ['master/store/open.ts', 'master/store/memory.ts'],
    ['master/store/level.ts', 'master/store/level-database.ts'],
    ['master/store/level.ts', 'master/store/decode.ts'],
    ['master/store/decode.ts', 'master/state/records.ts'],
    ['master/scheduler/loop.ts', 'master/state/changes.ts'],
    ['master/master.ts', 'master/executor/open.ts'],
    ['master/executor/kubernetes.ts', 'master/kubernetes/api.ts'],
    ['master/master.ts', 'master/store/open.ts'],
    ['master/options.ts', 'master/store/open.ts'],
    ['master/executor/process.ts', 'master/executor/process/files.ts'],
    ['dev/bench/main.ts', 'dev/bench/measure.ts'],
    ['dev/bench/main.ts', 'rpc/server.ts'],
  ])('of %s -> %s', (file, imported) => {
    // Of a file that is not there, the rule says nothing.
    for (const name of [file, imported]) expect(existsSync(path.join(ROOT, 'src', name)), name).toBe(true);
    expect(complaints(file, imported)).toEqual([]);
  });
});
