/** Reads a scenario file: JSON in, a Scenario out, every problem named at once. */
import * as v from 'valibot';
import { IMPORTANCES, PROJECT_KINDS } from '../../lambda/contract/oms';
import { parseDuration } from '../../lambda/contract/values/duration';
import { flag, object, oneOf, oneOfObjects, parse } from '../../lambda/contract/values/schema';
import { InvalidInput } from '../../lambda/core/model/errors';
import type { CheckpointKey, Fault, Key, Scenario, Trouble } from './scenario';

const may = v.exactOptional;

const text = v.pipe(v.string('some text'), v.regex(/\S/, 'some text'));

const DURATION = 'a duration such as "0s", "10m", "6h" or "3d"';

/** In milliseconds. */
function duration(signed: 'signed' | 'unsigned' = 'unsigned') {
  return v.pipe(
    v.string(DURATION),
    v.rawTransform(({ dataset: { value }, addIssue, NEVER }) => {
      const isNegative = signed === 'signed' && value.startsWith('-');
      const seconds = parseDuration(isNegative ? value.slice(1) : value);
      if (seconds !== null) return seconds * 1000 * (isNegative ? -1 : 1);
      addIssue({ message: DURATION });
      return NEVER;
    }),
  );
}

const PERCENT = 'a percentage from 0 to 100, or null';
const percent = v.nullable(v.pipe(v.number(PERCENT), v.minValue(0, PERCENT), v.maxValue(100, PERCENT)));

const switches = object({ struct: may(flag), full: may(flag), incrSync: may(flag), reverseIncrSync: may(flag) });

const errorWords = object({
  code: may(text),
  level: may(text),
  message: may(text),
  reason: may(text),
  proposal: may(text),
});

const checkpoint = v.pipe(
  v.nullable(
    v.union(
      [v.literal('frozen'), object({ lag: duration(), varies: may(duration(), '0s') })],
      'null, "frozen" or { "lag": "5s" }',
    ),
  ),
  v.transform((value): CheckpointKey => {
    if (value === null) return { kind: 'none' };
    if (value === 'frozen') return { kind: 'frozen' };
    return { kind: 'moving', lagMs: value.lag, variesMs: value.varies };
  }),
);

const key = object({
  at: duration(),
  status: may(text),
  step: may(v.nullable(text)),
  importance: may(text),
  enable: may(switches),
  struct: may(percent),
  full: may(percent),
  checkpoint: may(checkpoint),
  reverseCheckpoint: may(checkpoint),
  error: may(v.nullable(errorWords)),
}) satisfies v.GenericSchema<unknown, Key>;

const ONE_AT_LEAST = 'a list with one entry at least';

const timeline = v.pipe(
  v.array(key, ONE_AT_LEAST),
  v.minLength(1, ONE_AT_LEAST),
  v.rawCheck(({ dataset, addIssue }) => {
    const keys: readonly unknown[] = Array.isArray(dataset.value) ? dataset.value : [];
    for (const message of problemsOfOrder(keys)) addIssue({ message });
  }),
);

/** Also when other fields of a key have problems. */
function problemsOfOrder(keys: readonly unknown[]): readonly string[] {
  const times = keys.map((each) => Number(Object(each).at));
  const first = times[0] ?? 0;
  return [
    ...(first === 0 ? [] : ['timeline[0].at must be "0s": a project has a state from the start']),
    ...times.flatMap((at, index) =>
      at <= (times[index - 1] ?? -1) ? [`timeline[${index}].at must be later than that of timeline[${index - 1}]`] : [],
    ),
  ];
}

const BOUNDS = { from: duration(), for: duration() };
const STATUS = 'a whole number from 200 to 599';
const PLAIN = ['unreachable', 'silent', 'stall', 'html', 'bad-json', 'seed-sample', 'huge', 'unknown-project'] as const;

const members = [
  object({
    ...BOUNDS,
    kind: v.literal('http'),
    status: v.pipe(v.number(STATUS), v.integer(STATUS), v.minValue(200, STATUS), v.maxValue(599, STATUS)),
    retryAfter: may(text),
    body: may(text),
  }),
  object({ ...BOUNDS, kind: v.literal('redirect'), location: may(text, '/login') }),
  object({ ...BOUNDS, kind: v.literal('refused'), error: errorWords }),
  object({ ...BOUNDS, kind: v.literal('clock'), skew: duration('signed') }),
  object({ ...BOUNDS, kind: v.literal('slow'), delay: duration() }),
  object({
    ...BOUNDS,
    kind: v.literal('odd'),
    data: v.record(v.string(), v.unknown(), 'an object: the fields of "data" to replace'),
  }),
  object({ ...BOUNDS, kind: v.picklist(PLAIN) }),
] as const;
const KINDS = members.flatMap(({ entries: { kind } }) => ('literal' in kind ? [kind.literal] : kind.options));

const fault = v.pipe(
  oneOfObjects('kind', members, KINDS),
  v.transform(({ from, for: length, ...what }): Fault => ({ from, to: from + length, trouble: troubleOf(what) })),
);

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
type Written = DistributiveOmit<v.InferOutput<(typeof members)[number]>, 'from' | 'for'>;

function troubleOf(written: Written): Trouble {
  if (written.kind === 'clock') return { kind: 'clock', skewMs: written.skew };
  if (written.kind === 'slow') return { kind: 'slow', delayMs: written.delay };
  return written;
}

const OFF = { struct: true, full: true, incrSync: false, reverseIncrSync: false };

export const ScenarioSchema = v.pipe(
  object({
    title: text,
    description: text,
    kind: may(oneOf(PROJECT_KINDS), 'migration'),
    importance: may(oneOf(IMPORTANCES), 'MEDIUM'),
    enable: may(switches, {}),
    checkpointEvery: may(duration(), '10s'),
    timeline,
    faults: may(v.array(fault, 'a list'), []),
  }),
  v.transform(
    ({ checkpointEvery, enable, ...others }): Scenario => ({
      ...others,
      enable: { ...OFF, ...enable },
      checkpointEveryMs: Math.max(1000, checkpointEvery),
    }),
  ),
);

/** @param source names the scenario in messages. @throws InvalidInput with one line a problem. */
export function readScenario(value: unknown, source: string): Scenario {
  const parsed = parse(ScenarioSchema, value);
  if (parsed.problems !== undefined) throw new InvalidInput(parsed.problems.map((problem) => `${source}: ${problem}`));
  return parsed.output;
}
