import type { ColorMode } from '../config/options.ts';
import type { Sink } from './io.ts';

/** Whether a stream gets color: as the user says, else on a terminal that can, unless NO_COLOR is set (no-color.org). */
export function useColor(
  mode: ColorMode,
  env: Readonly<Record<string, string | undefined>>,
  sink: Sink,
): boolean {
  if (mode !== 'auto') return mode === 'always';
  return (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb' && sink.isTty;
}
