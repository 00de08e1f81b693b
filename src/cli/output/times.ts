/** A time as the master's local text and, where the master sends it, as an instant (milliseconds since 1970). */
export interface WireTime {
  readonly text: string | null;
  readonly at: number | null;
}

/** For programs: ISO 8601 with milliseconds and the offset of this machine's zone, else the master's local time, without an offset. */
export function timeField({ text, at }: WireTime): string | null {
  return at === null ? text : isoTime(at);
}

/** For people: `2026-11-23 06:24:07` in this machine's zone, or as the master sent it; a dash where there is none. */
export function timeText({ text, at }: WireTime): string {
  return at === null ? (text?.replace('T', ' ') ?? '-') : `${dayText(at)} ${clockTime(at)}`;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The same where room is short: `06:24:07` of this day, `Nov 23 06:24` of another one; as the master sent it where that is all. */
export function shortTimeText(time: WireTime, now: number): string {
  if (time.at === null) return timeText(time);
  const date = new Date(time.at);
  if (dayText(time.at) === dayText(now)) return clockTime(date);
  const day = `${MONTHS[date.getMonth()] ?? ''} ${String(date.getDate()).padStart(2)}`;
  const year = date.getFullYear();
  return year === new Date(now).getFullYear() ? `${day} ${clockTime(date).slice(0, 5)}` : `${day} ${year}`;
}

/** `06:24:13` in this machine's zone. @param at a date, or milliseconds since 1970 */
export function clockTime(at: Date | number): string {
  const date = new Date(at);
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** `2.3s`, `42s`, `3m 12s`, `4h 3m`, `12d 3h`: the two largest units. @param ms negative ones, of clocks that differ, count as none */
export function durationText(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 10 && !Number.isInteger(seconds)) return `${seconds.toFixed(1)}s`;
  const whole = Math.floor(seconds);
  const [minutes, hours, days] = [60, 3_600, 86_400].map((unit) => Math.floor(whole / unit)) as [
    number,
    number,
    number,
  ];
  if (minutes === 0) return `${whole}s`;
  if (hours === 0) return pair(minutes, 'm', whole % 60, 's');
  return days === 0 ? pair(hours, 'h', minutes % 60, 'm') : pair(days, 'd', hours % 24, 'h');
}

function pair(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large}${largeUnit}` : `${large}${largeUnit} ${small}${smallUnit}`;
}

/** What is known of how long something took, or has taken until now. */
export interface Span {
  readonly startTime: string | null;
  readonly startAt: number | null;
  readonly completeAt: number | null;
  readonly runtimeSeconds: number | null;
}

/**
 * How long it took; while it runs, how long it has run, or since when by the master's clock. Empty where it did not.
 * @param now milliseconds since 1970
 */
export function spanText(span: Span, isRunning: boolean, now: number): string {
  const { startTime, startAt, completeAt, runtimeSeconds } = span;
  if (isRunning) {
    if (startAt !== null) return durationText(Math.floor((now - startAt) / 1000) * 1000);
    return startTime === null ? '' : `since ${startTime.slice(11)}`;
  }
  if (startAt !== null && completeAt !== null) return durationText(completeAt - startAt);
  return runtimeSeconds === null ? '' : durationText(runtimeSeconds * 1000);
}

function isoTime(at: number): string {
  const date = new Date(at);
  const offset = -date.getTimezoneOffset();
  const size = Math.abs(offset);
  const zone = `${offset < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
  return `${dayText(at)}T${clockTime(date)}.${String(date.getMilliseconds()).padStart(3, '0')}${zone}`;
}

function dayText(at: number): string {
  const date = new Date(at);
  return `${String(date.getFullYear()).padStart(4, '0')}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

function two(n: number): string {
  return String(n).padStart(2, '0');
}
