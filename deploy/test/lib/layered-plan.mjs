// layered-plan.mjs plan COUNT: a plan of so many stages, four of which run at once; each of them waits for two of the four before it. A stage writes a
// line to /data/effects when it begins, and one when it ends: that is what it does to the world.
//
// layered-plan.mjs check COUNT TASK EFFECTS: reads what `clic stages TASK -o json` has printed, and the lines; prints what is wrong with them, and ends with 1
// where something is: a stage that has not completed, that took more than one attempt, that ran twice, or before what it waits for.
import { readFileSync } from 'node:fs';

const [what, count, task, effects] = process.argv.slice(2);
const numbers = Array.from({ length: Number(count) }, (_, index) => index + 1);

const WIDTH = 4;
/** Those that the n-th stage waits for. */
const parentsOf = (n) => {
  const column = (n - 1) % WIDTH;
  const before = n - column - WIDTH;
  return before < 1 ? [] : [...new Set([before + column, before + ((column + 1) % WIDTH)])];
};

function plan() {
  const script = (n) =>
    `echo "start $CLIC_STAGE_ID $CLIC_ATTEMPT" >>/data/effects; sleep ${n % 3}; echo "end $CLIC_STAGE_ID $CLIC_ATTEMPT" >>/data/effects`;
  const tasks = numbers.map((n) => ({
    name: `s${n}`,
    template: `sh-${n}`,
    dependencies: parentsOf(n).map((parent) => `s${parent}`),
  }));
  const templates = numbers.map((n) => ({
    name: `sh-${n}`,
    container: { image: 'busybox', command: ['/bin/sh', '-c'], args: [script(n)] },
  }));
  return { spec: { entrypoint: 'main', templates: [{ name: 'main', dag: { tasks } }, ...templates] } };
}

function problems() {
  const lines = readFileSync(effects, 'utf8').split('\n');
  const line = (word, n) => `${word} ${task}-sh-${n}-${n} 1`;
  const { stages } = JSON.parse(readFileSync(0, 'utf8'));
  const told = stages
    .filter(({ status, attempt, retryCount }) => status !== 'COMPLETED' || attempt !== 1 || retryCount !== 0)
    .map((stage) => JSON.stringify(stage));
  if (stages.length !== numbers.length) told.push(`there are ${stages.length} stages`);
  const expected = numbers.flatMap((n) => [line('start', n), line('end', n)]);
  const own = lines.filter((written) => written.includes(` ${task}-`));
  const extra = own.filter((written, at) => !expected.includes(written) || own.indexOf(written) !== at);
  const early = numbers.flatMap((n) =>
    parentsOf(n)
      .filter((parent) => own.indexOf(line('end', parent)) > own.indexOf(line('start', n)))
      .map((parent) => `${n} began before ${parent} had ended`),
  );
  return [
    ...told,
    ...extra.map((written) => `too much: ${written}`),
    ...expected.filter((written) => !own.includes(written)).map((written) => `missing: ${written}`),
    ...early,
  ];
}

if (what === 'plan') {
  process.stdout.write(`${JSON.stringify(plan())}\n`);
} else {
  const found = problems();
  for (const problem of found) process.stdout.write(`${problem}\n`);
  process.exitCode = found.length > 0 ? 1 : 0;
}
