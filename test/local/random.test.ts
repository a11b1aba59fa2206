import { Random } from '../../local/random';

const draws = (random: Random) => Array.from({ length: 5 }, random.next);

test('the same seed gives the same numbers, a similar one others', () => {
  expect(draws(new Random(7))).toEqual(draws(new Random(7)));
  expect(draws(new Random('p_a'))).toEqual(draws(new Random('p_a')));
  expect(draws(new Random('p_a'))).not.toEqual(draws(new Random('p_b')));
});

test('what a fork draws does not depend on what its origin has drawn', () => {
  const [fresh, used] = [new Random(7), new Random(7)];
  draws(used);
  expect(draws(used.fork('p_a'))).toEqual(draws(fresh.fork('p_a')));
  expect(draws(fresh.fork('p_a'))).not.toEqual(draws(fresh.fork('p_b')));
});

test('numbers stay within their bounds and reach both ends', () => {
  const random = new Random(1);
  const whole = new Set(Array.from({ length: 200 }, () => random.whole(2, 5)));
  expect([...whole].sort()).toEqual([2, 3, 4, 5]);
  const uniform = Array.from({ length: 200 }, () => random.uniform(-1, 1));
  expect(Math.min(...uniform)).toBeGreaterThanOrEqual(-1);
  expect(Math.max(...uniform)).toBeLessThan(1);
});

test('refuses to pick from an empty list', () => {
  expect(() => new Random(1).pick([])).toThrow(RangeError);
});
