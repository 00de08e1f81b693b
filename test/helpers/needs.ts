import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';

/** True when a program is there and does what it is asked for: `works('zsh', '--version')`. */
export function works(command: string, ...args: readonly string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/**
 * A suite that needs something which not every machine has; `missing` names it, or is null when it is there. Where it is
 * missing, the suite is skipped and says so on stderr; with `CI` set it fails, as continuous integration has to have it.
 */
export function describeWith(missing: string | null, name: string, suite: () => void): void {
  describe(name, () => {
    if (missing === null) {
      suite();
      return;
    }
    it(`needs ${missing}, which is not installed`, ({ skip }) => {
      if ((process.env['CI'] ?? '') !== '') expect.fail(`${missing} is not installed`);
      process.stderr.write(`skipped: ${name}: ${missing} is not installed\n`);
      skip(`${missing} is not installed`);
    });
  });
}
