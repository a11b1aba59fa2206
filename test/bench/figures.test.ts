import { compared, figuresOf, isRegression, repeated } from '../../bench/compare/figures';

const of = (...figures: readonly (readonly [string, number])[]) => new Map(figures);

test('figures are the numbers of a report by their paths, a list by the names of its elements', () => {
  const report = {
    seed: 1,
    traces: [{ name: 'copy-8h', runs: [{ poller: 'ours', delaySeconds: { mean: 3 }, survived: true, failure: null }] }],
    sizes: [{ projects: 1000, seconds: 8 }],
    longestWaits: [{ legs: 214 }],
  };
  expect([...figuresOf(report, (figure) => figure !== 'seed')]).toEqual([
    ['traces/copy-8h/runs/ours/delaySeconds/mean', 3],
    ['traces/copy-8h/runs/ours/survived', 1],
    ['sizes/1000/projects', 1000],
    ['sizes/1000/seconds', 8],
    ['longestWaits/0/legs', 214],
  ]);
});

test('only what both sides have is compared', () => {
  expect(compared(of(['a', 1], ['gone', 2]), of(['a', 3], ['new', 4]))).toEqual([{ figure: 'a', base: 1, ours: 3 }]);
});

test.each([
  ['ours/meanSeconds', 10, 11, false],
  ['ours/meanSeconds', 10, 11.1, true],
  ['ours/meanSeconds', 10, 5, false],
  ['ours/lostWrites', 0, 0, false],
  ['ours/lostWrites', 0, 1, true],
  ['ours/switched', 200, 200, false],
  ['ours/switched', 200, 150, true],
  ['runs/ours/survived', 1, 0, true],
  ['runs/ours/survived', 0, 1, false],
  ['runs/ours/failuresTold', 10, 20, false],
])('%s from %d to %d: a regression is %s', (figure, base, ours, expected) => {
  expect(isRegression({ figure, base, ours })).toBe(expected);
});

test('runs in turn are compared pair by pair: what slows both runs of a pair says nothing', () => {
  const run = (value: number) => of(['seconds', value]);
  const [seconds] = repeated([
    [run(10), run(10.5)],
    [run(40), run(42)],
    [run(10), run(13)],
  ]);
  expect(seconds).toEqual({ figure: 'seconds', base: 10, ours: 13, ratio: 1.05, ratios: [1.05, 1.3] });
});
