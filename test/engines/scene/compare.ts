/**
 * Compares the outcome of a scenario on an engine with that of a local run: texts, statuses and the attributes of every item. Times, numbers
 * and ids differ between runs and are masked; the number of polls depends on the machine and is ignored.
 */
import { isDeepStrictEqual } from 'node:util';
import { WORDINGS, type Wording } from './differences';
import type { Item, Outcome } from './outcome';
import type { Ending } from './scenarios';

/** Deviations from the expected end. */
export function* endProblems(ending: Ending, outcome: Outcome): Iterable<string> {
  if (outcome.status !== ending.status) yield `ended ${outcome.status}${because(outcome)}, expected ${ending.status}`;
  else if (ending.status === 'FAILED' && outcome.error !== ending.error)
    yield `failed with ${outcome.error}${because(outcome)}, expected ${ending.error}`;
  const words = ending.status === 'FAILED' ? outcome.cause : JSON.stringify(outcome.output);
  if (ending.says !== undefined && !String(words).includes(ending.says))
    yield `returned ${words}, expected ${ending.says} in it`;
  const ids = outcome.mails.map(({ changeId }) => changeId);
  const twice = ids.filter((id, i) => ids.indexOf(id) !== i);
  if (twice.length > 0) yield `sent ${twice.join(', ')} more than once`;
}

const because = ({ error, cause }: Outcome): string => (error === undefined ? '' : ` (${error}: ${cause})`);

/** @param used is called for each known wording that occurs. */
export function* differences(
  engine: string,
  theirs: Outcome,
  ours: Outcome,
  used: (wording: Wording) => void,
): Iterable<string> {
  yield* unequal('', comparable(theirs, translation(engine, used)), comparable(ours));
}

/** @param used is called for each known wording that occurs. */
export function translation(engine: string, used: (wording: Wording) => void = () => undefined): Translate {
  const wordings = WORDINGS.filter((wording) => wording.engine === engine);
  return (text) => {
    let words = text;
    for (const wording of wordings) {
      if (!words.includes(wording.says)) continue;
      used(wording);
      words = words.replaceAll(wording.says, wording.means);
    }
    return words;
  };
}

function comparable(outcome: Outcome, translate?: Translate): unknown {
  const { status, error = null, cause = null, output = null, mails, items, steps } = outcome;
  const value = {
    status,
    error,
    cause,
    output,
    steps,
    mails: mails.map(({ subject }) => subject),
    items: itemsByKind(items),
  };
  return mask(value, translate);
}

/** The number of snapshots differs between runs: only the names of their attributes are compared. */
function itemsByKind(items: readonly Item[]): Record<string, unknown> {
  const byKind: Record<string, unknown> = {};
  const ofSnapshots = new Set<string>();
  for (const item of items) {
    const { pk: _, sk, ...attributes } = item;
    const key = String(sk?.S);
    if (key.startsWith('SNAPSHOT#')) for (const name of Object.keys(attributes)) ofSnapshots.add(name);
    else byKind[maskText(key)] = attributes;
  }
  return { ...byKind, SNAPSHOT: [...ofSnapshots].sort() };
}

/** Replaces an engine's wording by that of Step Functions. */
export type Translate = (text: string) => string;

/** Fields whose text is an id from the engine. */
const IDS: ReadonlySet<string> = new Set(['attempt']);

/** Masks what differs between runs: times, numbers, ids. */
export function mask(value: unknown, translate: Translate = (text) => text): unknown {
  if (typeof value === 'string') return maskText(translate(value));
  if (typeof value === 'number') return '#';
  if (Array.isArray(value)) {
    // Consecutive items that are equal once masked count as one.
    const items = value.map((item) => mask(item, translate));
    return items.filter((item, i) => i === 0 || !isDeepStrictEqual(item, items[i - 1]));
  }
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, IDS.has(key) ? 'an id' : mask(inner, translate)]),
  );
}

/** The id of a check. */
const ID = /\b[0-9a-f]{15}\b/g;

function maskText(text: string): string {
  return text
    .replace(/arn:aws:[\w:/.-]+/g, '<arn>')
    .replace(ID, '<id>')
    .replace(/(\d+ (s|min|h|d)\b ?)+/g, '<duration> ')
    .replace(/-?\d[\d.,:TZ+-]*/g, '#');
}

/** All differences between two values. */
export function* unequal(path: string, theirs: unknown, ours: unknown): Iterable<string> {
  if (isDeepStrictEqual(theirs, ours)) return;
  if (isObject(theirs) && isObject(ours)) {
    for (const key of new Set([...Object.keys(theirs), ...Object.keys(ours)]))
      yield* unequal(path === '' ? key : `${path}.${key}`, theirs[key], ours[key]);
    return;
  }
  yield `${path} is ${JSON.stringify(theirs)}, locally ${JSON.stringify(ours)}`;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
