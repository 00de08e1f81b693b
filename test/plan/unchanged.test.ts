import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { LoadOptions } from '../../src/plan/load.ts';
import { type PlanContent, type PlanOfContent, loadIfChanged } from '../../src/plan/unchanged.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';
import { planOf } from './lint-text.ts';

const TEXT = planOf("- {name: a, template: sh-template, arguments: {parameters: [{value: 'echo 1'}]}}");
const WITH_DAGS = planOf(
  '- {name: a, template: sh-template, arguments: {parameters: [{value: x --dagPath=dags/1.yml}]}}',
  '- {name: b, template: sh-template, arguments: {parameters: [{value: x --dagPath=dags/2.yml}]}}',
);
const dag = (outputPath: string): string => `operators: [{name: a, params: {outputPath: ${outputPath}}}]`;
const outputsOf = (loaded: PlanOfContent | null): unknown[] | undefined =>
  loaded?.plan?.stages.map(({ outputPath }) => outputPath);

/** A folder with a plan and physical DAGs, and what reads it as often as is wanted. */
function folderWith(text: string): {
  write: (name: string, content: string) => void;
  remove: (name: string) => void;
  load: (known: PlanContent | null, options?: LoadOptions) => Promise<PlanOfContent | null>;
} {
  const files = { 'plan.yaml': text, 'dags/1.yml': dag('/one'), 'dags/2.yml': dag('/two') };
  const folder = temporaryFolder(files);
  return {
    write: (name, content) => writeFileSync(join(folder, name), content),
    remove: (name) => rmSync(join(folder, name)),
    load: (known, options) => loadIfChanged(join(folder, 'plan.yaml'), known, options),
  };
}

/** What is known of a plan once it was read. */
async function contentOf(load: (known: null) => Promise<PlanOfContent | null>): Promise<PlanContent> {
  const loaded = await load(null);
  if (loaded === null) throw new Error('it is not known yet');
  return loaded.content;
}

it('does not check a plan again that is what is known', async () => {
  const { load } = folderWith(WITH_DAGS);
  expect(await load(await contentOf(load))).toBeNull();
});

it('checks a plan whose text has changed', async () => {
  const { load, write } = folderWith(TEXT);
  const known = await contentOf(load);
  write('plan.yaml', TEXT.replace('echo 1', 'echo 2'));
  const changed = await load(known);
  expect(changed?.plan?.stages[0]?.command.join(' ')).toContain('echo 2');
  expect(await load(changed?.content ?? null)).toBeNull();
});

it('looks at the physical DAGs each time, and checks the plan again when one has changed', async () => {
  const { load, write } = folderWith(WITH_DAGS);
  expect(outputsOf(await load(null))).toEqual(['/one', '/two']);
  const known = await contentOf(load);
  write('dags/2.yml', dag('/three'));
  expect(outputsOf(await load(known))).toEqual(['/one', '/three']);
  write('dags/2.yml', dag('/two'));
  expect(await load(known)).toBeNull();
});

it('finds a physical DAG missing that was there before', async () => {
  const { load, remove } = folderWith(WITH_DAGS);
  const known = await contentOf(load);
  remove('dags/1.yml');
  const loaded = await load(known);
  expect(loaded?.plan).toBeNull();
  expect(loaded?.diagnostics.map(({ rule }) => rule)).toContain('missing-dag-file');
});

it('refuses what grew too large, known or not', async () => {
  const { load, write } = folderWith(TEXT);
  const known = await contentOf(load);
  write('plan.yaml', `${TEXT}\n#${'x'.repeat(2000)}`);
  await expect(load(known, { maxBytes: 1000 })).rejects.toThrow('more than 1000 bytes');
});
