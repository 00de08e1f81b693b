import type { CommandSpec } from '../command.ts';
import { completion } from './completion/spec.ts';
import { config } from './config/spec.ts';
import { helpCommand } from './help/spec.ts';
import { lint } from './lint/spec.ts';
import { list } from './list.ts';
import { result } from './result/spec.ts';
import { stage } from './stage.ts';
import { stages } from './stages.ts';
import { submit } from './submit/spec.ts';
import { continueStage, suspend } from './suspend.ts';
import { task } from './task.ts';
import { versionCommand } from './version.ts';
import { wait } from './wait/spec.ts';
import { watch } from './watch/spec.ts';

/**
 * A new command is a file or folder of this one, which owns its options, help and JSON fields, and an entry here; parsing,
 * help and completion follow from the entry.
 */
const WORKING: readonly CommandSpec[] = [
  submit,
  list,
  task,
  stages,
  stage,
  result,
  suspend,
  continueStage,
  wait,
  watch,
  lint,
  config,
  completion,
  versionCommand,
];

/** Every command, in the order of the help. */
export const COMMANDS: readonly CommandSpec[] = [...WORKING, helpCommand(WORKING)];
