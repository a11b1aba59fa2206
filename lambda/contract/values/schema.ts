/**
 * Schemas of input from outside, and the problems of a value in our own wording.
 * The message of a schema says what is expected ("true or false"); that of a `check` is a whole sentence.
 */
import * as v from 'valibot';
import { formatDuration, LONGEST_SECONDS } from './duration';
import { projectIdProblem } from './project-id';
import { show } from './text';

/** Something with an input and an output type, and all its problems at once. */
export type Schema<Input, Output = Input> = v.GenericSchema<Input, Output>;

export type Parsed<Output> =
  | { readonly output: Output; readonly problems?: undefined }
  | { readonly problems: readonly string[] };

export function parse<Output>(schema: Schema<unknown, Output>, value: unknown): Parsed<Output> {
  const result = v.safeParse(schema, value);
  return result.success ? { output: result.output } : { problems: problemsOf(result.issues) };
}

/** One line each, in the order of the fields. */
export function problemsOf(issues: readonly v.BaseIssue<unknown>[]): readonly string[] {
  return [...new Set(issues.flatMap(problemOf))];
}

/** Their messages are whole. */
const SENTENCES: readonly string[] = ['check', 'partial_check', 'raw_check'];

type PathItems = readonly v.IssuePathItem[];

function problemOf(issue: v.BaseIssue<unknown>): string | string[] {
  if (SENTENCES.includes(issue.type)) return issue.message;
  const path: PathItems = issue.path ?? [];
  if (issue.type === 'strict_object' && issue.expected === 'never') return unknownFields(issue, path);
  if (isMissing(issue, path)) {
    // The message of another kind of object says nothing of its field.
    return issue.type === 'strict_object'
      ? `${placeOf(path)} is required: ${issue.message}`
      : `${placeOf(path)} is required`;
  }
  return `${placeOf(path)} must be ${issue.message}, got ${show(issue.input)}`;
}

/** An object without this field, and not a field of the wrong type. */
function isMissing({ type, expected }: v.BaseIssue<unknown>, path: PathItems): boolean {
  return (type === 'strict_object' || type === 'object') && expected === `"${String(path.at(-1)?.key)}"`;
}

function unknownFields({ message }: v.BaseIssue<unknown>, path: PathItems): string[] {
  const { unknown, known }: UnknownFields = JSON.parse(message);
  const parent = path.slice(0, -1);
  const isWhole = parent.length === 0;
  return unknown.map(([field, hint]) =>
    isWhole
      ? `unknown field ${show(field)}; known are ${known.join(', ')}${hint}`
      : `${placeOf(parent)} has no field ${show(field)}; it has ${known.join(', ')}${hint}`,
  );
}

/** `timeline[0].at`. */
function placeOf(path: PathItems): string {
  const place = path
    .map(({ key }) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '');
  return place === '' ? 'the input' : place;
}

/** As an issue carries it. valibot reports the first unknown field only. */
interface UnknownFields {
  readonly unknown: readonly (readonly [name: string, hint: string])[];
  readonly known: readonly string[];
}

export interface ObjectWords {
  /** @default - an object */
  readonly expected?: string;
  /** A hint at what an unknown name may mean, appended to its problem. */
  readonly hint?: (name: string) => string;
}

/** An object with these fields only. */
export function object<const Entries extends v.ObjectEntries>(entries: Entries, words: ObjectWords = {}) {
  const { expected = 'an object', hint = () => '' } = words;
  // Without a prototype: `toString` and `__proto__` would pass for known names.
  const own: Entries = Object.assign(Object.create(null), entries);
  const schema = v.strictObject(own, ({ expected: wanted, path }) => {
    const [item] = path ?? [];
    if (item === undefined) return expected;
    if (wanted !== 'never') return wordsOf(own[String(item.key)]);
    const unknown = Object.keys(Object(item.input)).filter((name) => !(name in own));
    return JSON.stringify({
      unknown: unknown.map((name) => [name, hint(name)] as const),
      known: Object.keys(entries),
    } satisfies UnknownFields);
  });
  const run: (typeof schema)['~run'] = (dataset, config) => {
    if (!Array.isArray(dataset.value)) return schema['~run'](dataset, config);
    // valibot takes a list for an object: an empty one would pass for one without fields.
    const refused = schema['~run']({ ...dataset, value: null }, config);
    for (const issue of refused.issues ?? []) Object.assign(issue, { input: dataset.value });
    return refused;
  };
  return { ...schema, '~run': run };
}

type Words = string | ((issue: Pick<v.BaseIssue<unknown>, 'path' | 'expected'>) => string);

/** What a schema expects, where a field of it is missing. */
function wordsOf(schema: v.ObjectEntries[string] | undefined): string {
  const message = schema !== undefined && 'message' in schema ? (schema.message as Words | undefined) : undefined;
  return typeof message === 'function' ? message({ expected: null, path: undefined }) : (message ?? 'any value');
}

type Options<Key extends string> = v.VariantOptions<Key>;

/** One of several objects, by the word in one of its fields. */
export function oneOfObjects<const Key extends string, const Members extends Options<Key>>(
  key: Key,
  members: Members,
  words: readonly string[],
) {
  const choices = `one of ${words.join(', ')}`;
  return v.variant(key, members, ({ path }) => (path === undefined ? `an object whose ${key} is ${choices}` : choices));
}

export function oneOf<const Words extends readonly string[]>(words: Words) {
  return v.picklist(words, `one of ${words.join(', ')}`);
}

/** A whole number. */
export function whole(least: number) {
  const expected = `a whole number, ${least} or more`;
  return v.pipe(v.number(expected), v.safeInteger(expected), v.minValue(least, expected));
}

/** A length of time in whole seconds. @param most LONGEST_TIMER_SECONDS for what ends in a timer. */
export function seconds(least: number, most = LONGEST_SECONDS) {
  return v.pipe(whole(least), v.maxValue(most, `${most} (${formatDuration(most)}) or less`));
}

export const flag = v.boolean('true or false');
export const text = v.pipe(v.string('a text'), v.nonEmpty('a text'));

export const projectId = v.pipe(
  v.string('a text such as p_x'),
  v.check(
    (id) => projectIdProblem(id) === null,
    ({ input }) => projectIdProblem(input) ?? '',
  ),
);
