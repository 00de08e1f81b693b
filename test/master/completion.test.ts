import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { bashCompletion, zshCompletion } from '../../src/master/completion.ts';
import { MASTER_TABLE } from '../config/support.ts';

/** What bash proposes for the last of the words. */
function proposals(...words: string[]): string[] {
  const script = `${bashCompletion(MASTER_TABLE)}
compopt() { echo "files"; }
COMP_WORDS=(clic-master "$@"); COMP_CWORD=$#
_clic_master; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const shown = execFileSync('bash', ['-c', script, 'bash', ...words], { encoding: 'utf8' });
  return shown.split('\n').filter((word) => word !== '');
}

test('bash completes flags, verbs, values of a closed list and files', () => {
  expect(proposals('--max-r')).toEqual(['--max-running', '--max-retries', '--max-request-bytes']);
  expect(proposals('')).toEqual(['config', 'completion', 'help', 'version']);
  expect(proposals('--store', '')).toEqual(['level', 'memory', 'redis']);
  expect(proposals('--log-format', '=', 'j')).toEqual(['json']);
  expect(proposals('completion', 'z')).toEqual(['zsh']);
  expect(proposals('config', '-o', '')).toEqual(['table', 'json']);
  expect(proposals('--tls-key', '')).toEqual(['files']);
  expect(proposals('--port', '')).toEqual([]);
});

test('the script for zsh has every option', () => {
  const script = zshCompletion(MASTER_TABLE);
  for (const { flag } of Object.values(MASTER_TABLE)) expect(script).toMatch(new RegExp(`'--${flag}[=[]`));
});
