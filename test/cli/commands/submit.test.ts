import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXIT_CODES } from '../../../src/cli/exit-codes.ts';
import { OutputError } from '../../../src/cli/io.ts';
import { PlanInvalidError } from '../../../src/model/diagnostic.ts';
import { OutcomeUnknownError, RefusedError, UnreachableError } from '../../../src/model/errors.ts';
import type { MasterClient } from '../../../src/model/master-client.ts';
import type { TaskSummary } from '../../../src/model/views.ts';
import { runCli } from '../../helpers/run-cli.ts';
import { scene, scriptedMaster } from '../../helpers/scripted-master.ts';
import { aTask } from '../../helpers/views.ts';

const GOOD = `
spec:
  templates:
    - name: main
      dag: { tasks: [{ name: a, template: java-template, arguments: { parameters: [{ value: 'true' }] } }] }
    - name: java-template
      inputs: { parameters: [{ name: c }] }
      container: { image: x, command: [/bin/sh, -c], args: ['{{inputs.parameters.c}}'] }
`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'clic-submit-'));
  writeFileSync(path.join(folder, 'good.yaml'), GOOD);
  writeFileSync(
    path.join(folder, 'bad.yaml'),
    GOOD.replace('template: java-template', 'template: jave-template'),
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A master whose list gets `added` when a plan is submitted. */
function master(added: readonly TaskSummary[], submitted: string[][] = []): Partial<MasterClient> {
  const tasks = [aTask({ name: 'wordcount-oldoldol' })];
  return {
    listTasks: () => Promise.resolve([...tasks]),
    submitPlan: (name, file) => {
      submitted.push([name, file]);
      tasks.push(...added);
      return Promise.resolve();
    },
  };
}

/** As a Java master has it, which does not say who submitted it. */
const UNMARKED = aTask({ name: 'wordcount-newnewne' });
const NEW = aTask({ name: 'wordcount-newnewne', submittedHere: true });
const submit = (words: readonly string[], client: Partial<MasterClient>) =>
  runCli(['submit', ...words], { client, cwd: folder });

describe('clic submit', () => {
  it('sends the lower-case name and the absolute path, and prints one line with the name of the task', async () => {
    const submitted: string[][] = [];
    const { exit, stdout, stderr } = await submit(['WordCount', 'good.yaml'], master([NEW], submitted));
    expect(exit).toBe(0);
    expect(stdout).toBe('wordcount has been submitted! task: wordcount-newnewne\n');
    expect(stderr).toContain('submitted as wordcount');
    expect(submitted).toEqual([['wordcount', path.join(folder, 'good.yaml')]]);
  });

  it('prints exactly the name of the task with -o name, and a document with -o json', async () => {
    expect((await submit(['wordcount', 'good.yaml', '-o', 'name'], master([NEW]))).stdout).toBe(
      'wordcount-newnewne\n',
    );
    const { stdout } = await submit(['wordcount', 'good.yaml', '-o', 'json'], master([NEW]));
    expect(JSON.parse(stdout)).toEqual({
      schemaVersion: 1,
      submission: {
        planName: 'wordcount',
        taskName: 'wordcount-newnewne',
        taskNameSource: 'master',
        planDagPath: path.join(folder, 'good.yaml'),
      },
    });
  });

  it('names the task that was submitted when its name can not be written', async () => {
    const full = {
      isTty: false,
      columns: null,
      rows: null,
      write: () => Promise.reject(new OutputError("the output can't be written: ENOSPC")),
    };
    for (const words of [[], ['-o', 'json'], ['-o', 'json', '--wait'], ['--wait']]) {
      const client = {
        ...master([aTask({ name: 'wordcount-abcdefgh', submittedHere: true })]),
        ...scriptedMaster([scene('COMPLETED', 'COMPLETED', 'COMPLETED')]),
      };
      const argv = ['submit', 'wordcount', 'good.yaml', ...words];
      const { exit, stderr } = await runCli(argv, { client, cwd: folder, stdout: full });
      expect(exit).toBe(1);
      expect(stderr).toContain("wordcount-abcdefgh was submitted, but the output can't be written: ENOSPC");
      if (words.includes('json')) {
        expect(JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({
          error: { code: 'OUTPUT' },
        });
      }
    }
  });

  it('prints one document with the outcome with --wait and -o json, and the name before it on stderr', async () => {
    for (const [last, exit] of [
      ['COMPLETED', 0],
      ['FAILED', 3],
    ] as const) {
      const client = {
        ...master([aTask({ name: 'wordcount-abcdefgh', submittedHere: true })]),
        ...scriptedMaster([scene('RUNNING', 'RUNNING', 'WAITING'), scene(last, last, 'WAITING')]),
      };
      const result = await submit(['wordcount', 'good.yaml', '--wait', '-o', 'json'], client);
      expect(result.exit).toBe(exit);
      expect(JSON.parse(result.stdout)).toMatchObject({
        submission: { taskName: 'wordcount-abcdefgh' },
        task: { name: 'wordcount-abcdefgh', status: last, stageCount: 2 },
      });
      const said = result.stderr.trimEnd().split('\n');
      expect(said[0]).toBe('wordcount has been submitted! task: wordcount-abcdefgh');
      expect(said).toHaveLength(exit === 0 ? 1 : 2);
    }
  });

  it('prints the document also when the wait is over before the task', async () => {
    const client = {
      ...master([aTask({ name: 'wordcount-abcdefgh', submittedHere: true })]),
      ...scriptedMaster([scene('RUNNING', 'RUNNING', 'WAITING')]),
    };
    const words = ['wordcount', 'good.yaml', '--wait', '--timeout', '200ms', '-o', 'json'];
    const { exit, stdout } = await submit(words, client);
    expect(exit).toBe(124);
    expect(JSON.parse(stdout)).toMatchObject({ submission: { planName: 'wordcount' }, task: null });
  });

  it('offers --no-lint for a plan that is not here, and for none that is wrong: masters refuse it all the same', async () => {
    const wrong = await submit(['wordcount', 'bad.yaml'], {});
    expect(wrong.exit).toBe(2);
    expect(wrong.stderr).not.toContain('--no-lint');
    expect((await submit(['wordcount', 'missing.yaml'], {})).stderr).toContain('--no-lint');
  });

  it('ends for a plan that is not there as lint does: with 2, also where only the master looks', async () => {
    const missing = `the plan "${path.join(folder, 'missing.yaml')}" is not there`;
    const refusing = { ...master([]), submitPlan: () => Promise.reject(new PlanInvalidError(missing)) };
    for (const run of [
      submit(['wordcount', 'missing.yaml'], {}),
      submit(['wordcount', 'missing.yaml', '--no-lint'], refusing),
      runCli(['lint', 'missing.yaml'], { cwd: folder }),
    ]) {
      const { exit, stdout, stderr } = await run;
      expect([exit, stdout + stderr]).toEqual([2, expect.stringContaining(missing)]);
    }
    expect(EXIT_CODES.find(({ exit }) => exit === 2)?.meaning).toContain('the plan is not there');
  });

  it('takes the task that the master marks as submitted here, when others submit the same plan', async () => {
    const added = [
      aTask({ name: 'wordcount-another' }),
      aTask({ name: 'wordcount-newnewne', submittedHere: true }),
    ];
    const { stdout } = await submit(
      ['wordcount', 'good.yaml', '-o', 'name'],
      master([...added, aTask({ name: 'wordcount-otherone' })]),
    );
    expect(stdout).toBe('wordcount-newnewne\n');
  });

  it('says so where the name of the task is only known from the list of a Java master', async () => {
    const table = await submit(['wordcount', 'good.yaml'], master([UNMARKED]));
    expect(table).toMatchObject({
      exit: 0,
      stdout: 'wordcount has been submitted! task: wordcount-newnewne (by the list)\n',
      stderr:
        'the task is the only new one of wordcount, which is how its name is known: this master does not tell who submitted a ' +
        'task, so where somebody else submitted wordcount at the same moment, it may be theirs\n',
    });
    const json = await submit(['wordcount', 'good.yaml', '-o', 'json'], master([UNMARKED]));
    expect(JSON.parse(json.stdout)).toMatchObject({
      submission: { taskName: 'wordcount-newnewne', taskNameSource: 'list' },
    });
  });

  it('ends with 7, names no task and lists the candidates when it can not be told which is the one', async () => {
    const several = () => master([UNMARKED, aTask({ name: 'wordcount-otherone' })]);
    const table = await submit(['wordcount', 'good.yaml'], several());
    expect(table).toMatchObject({
      exit: 7,
      stdout: 'wordcount has been submitted!\n',
      stderr:
        'clic: wordcount was submitted, and so it was by others: this master does not tell which task is whose: wordcount-newnewne, wordcount-otherone\n' +
        'hint: `clic task <taskName>` shows each of them; submitting again would run the plan once more\n',
    });
    const json = await submit(['wordcount', 'good.yaml', '-o', 'json', '--wait'], several());
    expect(json.exit).toBe(7);
    expect(JSON.parse(json.stdout)).toMatchObject({
      submission: {
        taskName: null,
        taskNameSource: null,
        candidates: ['wordcount-newnewne', 'wordcount-otherone'],
      },
    });
    expect(JSON.parse(json.stderr)).toMatchObject({
      error: {
        code: 'OUTCOME_UNKNOWN',
        message: expect.stringContaining('so none was waited for') as unknown,
      },
    });
    expect((await submit(['wordcount', 'good.yaml', '-o', 'name'], several())).stdout).toBe('');
  });

  it('never lets two of twelve clients take the same task of a Java master for certainly theirs', async () => {
    const tasks: TaskSummary[] = [];
    const pending: { task: TaskSummary; afterLists: number }[] = [];
    // Tasks appear some time after their submission, each at another moment.
    const java: Partial<MasterClient> = {
      listTasks: () => {
        for (const one of pending) {
          one.afterLists -= 1;
          if (one.afterLists === 0) tasks.push(one.task);
        }
        return Promise.resolve([...tasks]);
      },
      submitPlan: () => {
        const letter = String.fromCharCode(97 + pending.length);
        pending.push({
          task: aTask({ name: `wordcount-${letter.repeat(8)}` }),
          afterLists: 3 * pending.length + 1,
        });
        return Promise.resolve();
      },
    };
    const runs = await Promise.all(
      Array.from({ length: 12 }, () => submit(['wordcount', 'good.yaml', '-o', 'json'], java)),
    );
    const told = runs.map(({ exit, stdout }) => ({
      exit,
      ...(JSON.parse(stdout) as { submission: { taskName: string | null; taskNameSource: string | null } })
        .submission,
    }));
    expect(pending).toHaveLength(12);
    expect(told.filter(({ taskNameSource }) => taskNameSource === 'master')).toEqual([]);
    const named = told.flatMap(({ taskName }) => taskName ?? []);
    expect(new Set(named).size).toBe(named.length);
    for (const { exit, taskName } of told) expect(exit).toBe(taskName === null ? 7 : 0);
  });

  /** What `submit` comes to when `added` is in the list, and the answer was lost. */
  const submitLost = (added: readonly TaskSummary[], ...words: string[]) => {
    const client = master(added);
    const lost = {
      ...client,
      submitPlan: (...sent: [string, string]) =>
        client.submitPlan!(...sent).then(() =>
          Promise.reject(new OutcomeUnknownError('the connection was lost')),
        ),
    };
    return submit(['wordcount', 'good.yaml', '-o', 'name', ...words], lost);
  };

  it.each([[[]], [['--wait']], [['--watch']]])(
    'ends with 7 after a lost answer when a task has no more than its name, and says that it may be yours: %j',
    async (words) => {
      const { exit, stdout, stderr } = await submitLost([UNMARKED], ...words);
      expect({ exit, stdout }).toEqual({ exit: 7, stdout: '' });
      expect(stderr).toContain('the connection was lost; wordcount-newnewne may be yours');
      expect(stderr).toContain('hint: `clic stages wordcount-newnewne`');
    },
  );

  it('names all tasks that may be yours after a lost answer', async () => {
    const { exit, stderr } = await submitLost([UNMARKED, aTask({ name: 'wordcount-otherone' })]);
    expect(exit).toBe(7);
    expect(stderr).toContain('wordcount-newnewne, wordcount-otherone may be yours');
  });

  it('takes the task after a lost answer that the master marks as submitted here', async () => {
    const own = aTask({ name: 'wordcount-otherone', submittedHere: true });
    const { exit, stdout } = await submitLost([UNMARKED, own]);
    expect({ exit, stdout }).toEqual({ exit: 0, stdout: 'wordcount-otherone\n' });
  });

  it('ends with 7, not 6, when the master is gone after its acknowledgement', async () => {
    const client = master([]);
    let submitted = false;
    const leaving = {
      listTasks: () =>
        submitted ? Promise.reject(new UnreachableError('connection refused')) : client.listTasks!(),
      submitPlan: () => {
        submitted = true;
        return Promise.resolve();
      },
    };
    const { exit, stderr } = await submit(['wordcount', 'good.yaml'], leaving);
    expect(exit).toBe(7);
    expect(stderr).toContain('wordcount was submitted');
  });

  it.each([
    ['a name with _', ['word_count', 'good.yaml'], "contains '_'"],
    ['a name that is too long', ['w'.repeat(60), 'good.yaml'], '60 characters'],
    [
      'a name that is too long, which is to be shortened',
      ['w'.repeat(60), 'good.yaml'],
      'hint: shorten it to 54',
    ],
    ['a name with a dot', ['word.count', 'good.yaml'], 'Kubernetes name'],
    ['no path', ['wordcount'], '<planDagPath> is missing'],
    ['a plan that is not there', ['wordcount', 'missing.yaml'], 'missing.yaml'],
    ['a plan with an error', ['wordcount', 'bad.yaml'], 'did you mean'],
    ['a folder for a plan', ['wordcount', '.'], 'clic-submit-'],
    ['a timeout without a wait', ['wordcount', 'good.yaml', '--timeout', '5s'], '--wait'],
  ])('ends with 2 before anything is sent for %s', async (_, words, message) => {
    const { exit, stdout, stderr } = await submit(words, {});
    expect(exit).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(message);
  });

  it('sends a plan that only the master can see with --no-lint', async () => {
    const submitted: string[][] = [];
    const { exit } = await submit(
      ['wordcount', '/data/plans/far.yaml', '--no-lint'],
      master([NEW], submitted),
    );
    expect(exit).toBe(0);
    expect(submitted).toEqual([['wordcount', '/data/plans/far.yaml']]);
  });

  it('ends with 2 when the master finds the plan invalid, and with 1 when it fails at it', async () => {
    const refusing = (error: Error) => ({ ...master([]), submitPlan: () => Promise.reject(error) });
    expect((await submit(['wordcount', 'good.yaml'], refusing(new PlanInvalidError('bad plan')))).exit).toBe(
      2,
    );
    expect((await submit(['wordcount', 'good.yaml'], refusing(new RefusedError('disk full')))).exit).toBe(1);
  });

  it.each(['--wait', '--watch'])(
    'follows the task to its end with %s: by its outcome it exits',
    async (flag) => {
      const NAME = 'wordcount-abcdefgh';
      for (const [last, exit] of [
        ['COMPLETED', 0],
        ['FAILED', 3],
      ] as const) {
        const client = {
          ...master([aTask({ name: NAME, submittedHere: true })]),
          ...scriptedMaster([scene('RUNNING', 'RUNNING', 'WAITING'), scene(last, last, 'WAITING')]),
        };
        const result = await submit(['wordcount', 'good.yaml', flag, '-o', 'name'], client);
        expect(result.stdout).toBe(`${NAME}\n`);
        expect(result.stderr).toContain(`task  ${NAME} ${last}`);
        expect(result.exit).toBe(exit);
      }
    },
  );
});
