/** The input of a rehearsal, mistyped in many ways: through the definition that deploys, none of them runs a step of the user. */
import fc from 'fast-check';
import { Random } from '../../local/random';
import { ModelledSource } from '../../local/simulator/modelled-source';
import { VirtualClock } from '../../local/virtual-clock';
import { type Deployed, deploy, VARIANTS, type Variant } from './machines';
import { PROJECT, World } from './world';

let deployed: Deployed;
beforeAll(() => {
  deployed = deploy();
}, 120_000);

const STEPS = ['stopWrites', 'resumeWrites', 'verify', 'switchover', 'switchTraffic', 'rollback'];

async function start(variant: Variant, input: unknown) {
  const clock = new VirtualClock();
  const random = new Random(7).next;
  const done: string[] = [];
  const steps = Object.fromEntries(STEPS.map((name) => [name, async () => void done.push(name)]));
  const source = new ModelledSource({ startedAt: clock.now(), random });
  const world = new World({ deployed, variant, clock, source, random, steps });
  const execution = await world.cutOver('run', { input });
  const { runs, records, current } = world.cutovers;
  return { execution, done, stored: runs.size + records.size + current.size, record: [...records.values()][0] };
}

type Input = Record<string, unknown>;
type Change = (input: Input) => unknown;

const REHEARSAL: Input = { projectId: PROJECT, rehearse: true };

const inPlaceOf =
  (field: string, name: string, value: unknown): Change =>
  ({ [field]: _, ...others }) => ({ ...others, [name]: value });

/** One typing error: a letter dropped, doubled or changed, or two letters swapped. */
const slip = fc
  .tuple(fc.nat(7), fc.constantFrom('drop', 'double', 'change', 'swap'), fc.constantFrom(...'aelsxz_ -'))
  .map(([at, how, letter]) => {
    const word = 'rehearse';
    const [before, one, after] = [word.slice(0, at), word[at] ?? '', word.slice(at + 1)];
    switch (how) {
      case 'drop':
        return before + after;
      case 'double':
        return before + one + one + after;
      case 'change':
        return before + letter + after;
      default:
        return before + after.slice(0, 1) + one + after.slice(1);
    }
  });
const cases = fc
  .array(fc.boolean(), { minLength: 8, maxLength: 8 })
  .map((upper) => [...'rehearse'].map((letter, i) => (upper[i] ? letter.toUpperCase() : letter)).join(''));
const white = fc.constantFrom('', ' ', '\t', '\n', '\u00a0', '\u200b', '\ufeff');
const spelling = fc.oneof(
  slip,
  cases,
  fc.tuple(white, white).map(([before, after]) => `${before}rehearse${after}`),
  fc.constantFrom('rehearsal', 'rehearsed', 'Rehearse?', '"rehearse"', 're-hearse', 'ｒehearse', 'rеhearse'),
);
const noBoolean = fc.oneof(
  fc.constantFrom<unknown>(
    'true',
    'True',
    ' true',
    'false',
    'yes',
    'on',
    '',
    'rehearse',
    1,
    0,
    -1,
    null,
    [],
    [true],
    {},
    { value: true },
  ),
  fc.jsonValue().filter((value) => typeof value !== 'boolean'),
);

const changes: fc.Arbitrary<Change> = fc.oneof(
  spelling.map((name) => inPlaceOf('rehearse', name, true)),
  fc.tuple(spelling, noBoolean).map(([name, value]) => inPlaceOf('rehearse', name, value)),
  noBoolean.map((value) => inPlaceOf('rehearse', 'rehearse', value)),
  fc
    .constantFrom('dryRun', 'dry-run', 'mode', 'test', 'simulate', 'options')
    .map((name) => inPlaceOf('rehearse', name, true)),
  // Within something, and beside something.
  fc
    .constantFrom('input', 'settings', 'data', 'cutover', 'projectId')
    .map<Change>((name) => (input) => ({ [name]: input })),
  fc.constantFrom('input', 'options', 'data').chain((place) =>
    spelling.map<Change>((name) => (input) => ({
      projectId: input.projectId,
      [place]: { deep: [{ [name]: true }] },
    })),
  ),
  fc
    .tuple(fc.string(), fc.jsonValue())
    .filter(([name]) => name !== 'rehearse')
    .map<Change>(([name, value]) => (input) => ({ ...input, [name]: value })),
  fc.constantFrom<Change>(
    (input) => [input],
    (input) => JSON.stringify(input),
    () => true,
    () => null,
  ),
  fc
    .oneof(fc.jsonValue(), fc.constantFrom(` ${PROJECT}`, `${PROJECT} `, ''))
    .map((value) => inPlaceOf('projectId', 'projectId', value)),
);
const mistyped = fc
  .array(changes, { minLength: 1, maxLength: 2 })
  .map((several) => several.reduce<unknown>((input, change) => (isObject(input) ? change(input) : input), REHEARSAL))
  // A second change may restore the input, or remove the changed field.
  .filter((input) => JSON.stringify(input)?.includes('true') || !isObject(input) || 'rehearse' in input);

const isObject = (value: unknown): value is Input =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

describe('a rehearsal', () => {
  test('whose input is mistyped runs no step, and either rehearses or ends in InvalidInput with nothing stored', async () => {
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...VARIANTS.filter((name) => name !== 'approval')),
        mistyped,
        async (variant, input) => {
          const { execution, done, stored, record } = await start(variant, input);
          expect(done).toEqual([]);
          if (execution.status === 'SUCCEEDED') {
            expect(record?.ending?.outcome).toBe('REHEARSED');
            expect(input).toMatchObject({ rehearse: true });
          } else {
            expect(execution).toMatchObject({
              error: 'InvalidInput',
              cause: expect.stringContaining('nothing was touched'),
            });
            expect(stored).toBe(0);
            refused += 1;
          }
        },
      ),
      { numRuns: 400, seed: 7 },
    );
    expect(refused).toBeGreaterThan(200);
  });
});
