import { UsageError } from '../../model/errors.ts';
import type { Arguments } from '../arguments.ts';
import { completionScript, isShell } from '../completion/script.ts';
import type { Context } from '../context.ts';

/** `clic completion bash|zsh`. */
export async function run(args: Arguments, context: Context): Promise<number> {
  const shell = args.required('shell');
  if (!isShell(shell)) {
    throw new UsageError(`there is no completion for ${JSON.stringify(shell)}, only for bash and zsh`);
  }
  await context.io.stdout.write(completionScript(shell));
  return 0;
}
