import type { RetryStrategy } from '../model/plan.ts';
import { quote } from './findings.ts';
import type { PlanReader } from './plan-reader.ts';
import type { Mapping, Text, Value } from './reader.ts';

/** How often and how long something may run, as far as one mapping of the plan says. */
export interface Limits {
  readonly retry: RetryStrategy | null;
  /** `activeDeadlineSeconds`, in milliseconds. */
  readonly deadlineMs: number | null;
}

const RETRIES_MAX = 1_000_000;
const PARALLELISM_MAX = 1_000_000;
const FACTOR_MAX = 1000;
/** Ten years: more is a mistake, and a sum of many still is a safe integer. */
const LONGEST_MS = 10 * 365 * 24 * 3_600_000;

/** Reads the `retryStrategy` and `activeDeadlineSeconds` of a task, a template or the whole plan. */
export function readLimits(reader: PlanReader, owner: Mapping, what: string): Limits {
  const retry = readRetry(reader, reader.get(owner, 'retryStrategy'), what);
  const deadlineMs = readNumber(
    reader,
    reader.get(owner, 'activeDeadlineSeconds'),
    `activeDeadlineSeconds of ${what}`,
    `a whole number of seconds, from 1 to ${LONGEST_MS / 1000}`,
    (text) => scaled(wholeNumber(text), 1000, 1),
  );
  return { retry, deadlineMs };
}

/** Reads how many stages may run at once, of the whole plan or its dag. */
export function readParallelism(reader: PlanReader, owner: Mapping, what: string): number | null {
  return readNumber(
    reader,
    reader.get(owner, 'parallelism'),
    `parallelism of ${what}`,
    `a whole number from 1 to ${PARALLELISM_MAX}`,
    (text) => within(wholeNumber(text), 1, PARALLELISM_MAX),
  );
}

function readRetry(reader: PlanReader, value: Value, owner: string): RetryStrategy | null {
  const what = `the retryStrategy of ${owner}`;
  const strategy = reader.known(value, 'retryStrategy', what);
  if (strategy === null) return null;
  const limit = readNumber(
    reader,
    reader.get(strategy, 'limit'),
    `the limit of ${what}`,
    `a whole number from 0 to ${RETRIES_MAX}`,
    (text) => within(wholeNumber(text), 0, RETRIES_MAX),
  );
  const ofBackoff = `the backoff of ${what}`;
  const backoff = reader.known(reader.get(strategy, 'backoff'), 'backoff', ofBackoff);
  if (backoff === null) return { limit, delayMs: null, factor: null, maxDelayMs: null, maxDurationMs: null };
  const duration = (key: string): number | null =>
    readNumber(
      reader,
      reader.get(backoff, key),
      `the ${key} of ${ofBackoff}`,
      'a number of seconds, or a time such as "500ms", "10s", "2m" or "1h30m"',
      durationMs,
    );
  const factor = readNumber(
    reader,
    reader.get(backoff, 'factor'),
    `the factor of ${ofBackoff}`,
    `a number from 1 to ${FACTOR_MAX}`,
    (text) => within(/^\d{1,4}(?:\.\d{1,6})?$/.test(text) ? Number(text) : NaN, 1, FACTOR_MAX),
  );
  const delayMs = duration('duration');
  return { limit, delayMs, factor, maxDelayMs: duration('cap'), maxDurationMs: duration('maxDuration') };
}

/** A scalar as a number, by `parse`, or null: a text that `parse` does not take is reported. */
function readNumber(
  reader: PlanReader,
  value: Value,
  what: string,
  expected: string,
  parse: (text: string) => number | null,
): number | null {
  const text: Text | null = reader.text(value, what);
  if (text === null || text.text === '') return null;
  const number = parse(text.text);
  if (number === null) {
    const message = `${what} must be ${expected}, but is ${quote(text.text)}`;
    reader.findings.error(text.offset, 'wrong-type', message);
  }
  return number;
}

function wholeNumber(text: string): number {
  return /^\d{1,12}$/.test(text) ? Number(text) : NaN;
}

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Bare numbers are seconds; else as Go writes times, from milliseconds to hours. */
function durationMs(text: string): number | null {
  if (/^\d+$/.test(text)) return scaled(wholeNumber(text), 1000, 0);
  if (!/^(?:\d{1,12}(?:\.\d{1,9})?(?:ms|[smh]))+$/.test(text)) return null;
  let sum = 0;
  for (const part of text.split(/(?<=[smh])(?=\d)/)) {
    const unit = part.replace(/^[\d.]+/, '');
    sum += Number(part.slice(0, -unit.length)) * (UNITS_MS[unit] ?? NaN);
  }
  return scaled(sum, 1, 0);
}

function scaled(value: number, factor: number, min: number): number | null {
  return within(Math.round(value * factor), min, LONGEST_MS);
}

/** null for what is not between the bounds, and for NaN. */
function within(value: number, min: number, max: number): number | null {
  return value >= min && value <= max ? value : null;
}
