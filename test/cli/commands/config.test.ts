import path from 'node:path';
import { expect, test } from 'vitest';
import { OPTION_NAMES } from '../../../src/config/options.ts';
import { runCli } from '../../helpers/run-cli.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';

function setup() {
  const home = temporaryFolder({
    '.clic/master-info.config': '# 主节点\nip=10.0.0.1\nport="7778"\nredisHost=r\n',
  });
  return { home, file: path.join(home, '.clic/master-info.config') };
}

test('the table shows each value and where it came from', async () => {
  const { home, file } = setup();
  const { exit, stdout, stderr } = await runCli(['config', '--call-timeout', '2m'], {
    places: { home },
    env: { CLIC_READ_RETRIES: '0' },
  });
  const rows = stdout.split('\n').map((line) =>
    line
      .split('|')
      .map((cell) => cell.trim())
      .slice(1, -1),
  );
  expect(rows).toEqual(
    expect.arrayContaining([
      ['masterHost', '10.0.0.1', `${file}:2 (ip)`],
      ['masterPort', '7778', `${file}:3 (port)`],
      ['callTimeout', '120s', '--call-timeout'],
      ['readRetries', '0', 'CLIC_READ_RETRIES'],
      ['tls', 'false', 'default'],
      ['tlsCa', '', 'default'],
      ['redisHost', 'r', `${file}:4 (unknown)`],
    ]),
  );
  expect(exit).toBe(0);
  expect(stderr).toBe(`the configuration file is ${file}\n${file}:4: redisHost is not known, and ignored\n`);
});

test('JSON has all options, and the unknown ones apart', async () => {
  const { home, file } = setup();
  const { stdout } = await runCli(['config', '-o', 'json'], { places: { home } });
  const document: unknown = JSON.parse(stdout);
  expect(document).toMatchObject({
    schemaVersion: 1,
    file,
    unknown: [{ name: 'redisHost', value: 'r', source: `${file}:4 (unknown)` }],
  });
  expect((document as { options: { name: string }[] }).options.map(({ name }) => name)).toEqual(OPTION_NAMES);
});

test('the sample of the package is what is left without another file', async () => {
  const { stderr } = await runCli(['config']);
  expect(stderr).toMatch(/the configuration file is .*conf\/master-info\.config\n$/);
});

test('a bad value is told with its file, line and key', async () => {
  const home = temporaryFolder({ '.clic/master-info.config': 'ip=x\nport=seven\n' });
  const { exit, stdout, stderr } = await runCli(['config'], { places: { home } });
  expect([exit, stdout]).toEqual([2, '']);
  expect(stderr).toBe(
    `clic: ${home}/.clic/master-info.config:2 (port): "seven" is not valid: expected a whole number from 1 to 65535\n` +
      'hint: `clic help config` lists the options and what they take\n',
  );
});
