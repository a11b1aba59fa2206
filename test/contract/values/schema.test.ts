/** The wording of problems, and what counts as an object. */
import * as v from 'valibot';
import { flag, object, oneOf, oneOfObjects, parse, projectId, whole } from '../../../lambda/contract/values/schema';

const inner = object({ flag, count: v.exactOptional(whole(1)) });
const schema = object(
  {
    id: projectId,
    inner,
    list: v.exactOptional(v.array(inner, 'a list'), []),
    shape: v.exactOptional(
      oneOfObjects(
        'kind',
        [object({ kind: v.literal('a') }), object({ kind: v.literal('b'), size: whole(0) })],
        ['a', 'b'],
      ),
    ),
  },
  { hint: (name) => (name === 'Id' ? ': did you mean id?' : '') },
);
const problemsOf = (value: unknown) => parse(schema, value).problems;
const GOOD = { id: 'p_x', inner: { flag: true } };

test('gives the value with its defaults', () => {
  expect(parse(schema, GOOD)).toEqual({ output: { ...GOOD, list: [] } });
});

test.each<[unknown, readonly string[]]>([
  [null, ['the input must be an object, got null']],
  [[], ['the input must be an object, got []']],
  [[GOOD], [expect.stringMatching(/^the input must be an object, got \[/)]],
  [{ inner: { flag: true } }, ['id is required: a text such as p_x']],
  [{ ...GOOD, inner: [] }, ['inner must be an object, got []']],
  [{ ...GOOD, inner: {} }, ['inner.flag is required: true or false']],
  [{ ...GOOD, inner: null }, ['inner must be an object, got null']],
  [{ ...GOOD, list: [{ flag: 1 }] }, ['list[0].flag must be true or false, got 1']],
  [{ ...GOOD, list: [{ flag: true, count: 0.5 }] }, ['list[0].count must be a whole number, 1 or more, got 0.5']],
  [
    { ...GOOD, Id: 1, x: 2 },
    [
      'unknown field "Id"; known are id, inner, list, shape: did you mean id?',
      'unknown field "x"; known are id, inner, list, shape',
    ],
  ],
  [{ ...GOOD, inner: { flag: true, Flag: 1 } }, ['inner has no field "Flag"; it has flag, count']],
  [{ ...GOOD, shape: 7 }, ['shape must be an object whose kind is one of a, b, got 7']],
  [{ ...GOOD, shape: { kind: 'c' } }, ['shape.kind must be one of a, b, got "c"']],
  [{ ...GOOD, shape: { kind: 'b' } }, ['shape.size is required: a whole number, 0 or more']],
])('names every problem of %j', (value, problems) => {
  expect(problemsOf(value)).toEqual(problems);
});

test.each(['__proto__', 'constructor', 'toString'])(
  'refuses the unknown field %s, which every object inherits',
  (name) => {
    const value = JSON.parse(`{"id":"p_x","inner":{"flag":true,"${name}":{}}}`);
    expect(problemsOf(value)).toEqual([`inner has no field "${name}"; it has flag, count`]);
  },
);

test('shows a value shortened and on one line', () => {
  const [problem] = parse(object({ word: oneOf(['a']) }), { word: `\n\u202e${'x'.repeat(500)}` }).problems ?? [];
  expect(problem?.length).toBeLessThan(120);
  expect(problem).toMatch(/^word must be one of a, got "[^\n\u202e]*$/);
});
