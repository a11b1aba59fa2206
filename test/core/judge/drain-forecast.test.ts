import { replay } from '../../../lambda/core/check/replay';
import { drainWords, fits, forecastDrain, pollsForForecast } from '../../../lambda/core/judge/drain-forecast';
import type { Observation } from '../../../lambda/core/model/progress';
import { Harness } from '../../support/harness';
import { failed, MINUTE, ok, SECOND, syncing, T0 } from '../../support/values/observations';

async function seen(polls: readonly Observation[]) {
  const run = new Harness(polls);
  for (const _ of polls) await run.check({}, { project: 'p_x' });
  return run.store;
}

const every10s = (count: number, lag: (i: number) => number) =>
  Array.from({ length: count }, (_, i) => syncing(T0 + i * 10 * SECOND, lag(i)));

describe('a drain forecast', () => {
  const forecastOf = async (polls: readonly Observation[]) =>
    forecastDrain(await pollsForForecast('p_x', { store: await seen(polls) }));

  test('is a range around the usual lag', async () => {
    const forecast = await forecastOf(every10s(40, (i) => 8 + (i % 5)));
    expect(forecast?.earliestSeconds).toBeGreaterThanOrEqual(8);
    expect(forecast?.likelySeconds).toBeGreaterThan(forecast?.earliestSeconds ?? 0);
    expect(forecast?.latestSeconds).toBeLessThan(60);
    expect(drainWords(forecast ?? null)).toMatch(/^about \d+ s, from \d+ s to \d+ s/);
  });

  test('includes the current lag, however short it used to be', async () => {
    const forecast = await forecastOf([...every10s(40, () => 5), syncing(T0 + 400 * SECOND, 300)]);
    expect(forecast?.likelySeconds).toBeGreaterThanOrEqual(300);
    expect(forecast && fits(forecast, 60)).toBe('DOES_NOT_FIT');
    expect(forecast && fits(forecast, 3600)).toBe('FITS');
  });

  test('uses the later of the two clocks, unless that of OMS is too far off to be believed', async () => {
    const skewed = (clockSkewMs: number) =>
      Array.from({ length: 40 }, (_, i) => syncing(T0 + i * 10 * SECOND, 8, {}, { clockSkewMs }));
    const likely = async (clockSkewMs: number) => (await forecastOf(skewed(clockSkewMs)))?.likelySeconds ?? 0;
    expect(await likely(2 * MINUTE)).toBeGreaterThan(120);
    expect(await likely(-2 * MINUTE)).toBe(await likely(0));
    expect(await likely(60 * MINUTE)).toBe(await likely(0));
  });

  test('uses the skew that OMS showed last, which an NTP client may have corrected', async () => {
    const polls = (skewMs: number, last: number | null) =>
      every10s(40, () => 8).map((poll, i) => ({ ...poll, clockSkewMs: i < 35 ? skewMs : last }));
    const settled = (await forecastOf(polls(0, 0)))?.likelySeconds;
    expect((await forecastOf(polls(2 * MINUTE, 0)))?.likelySeconds).toBe(settled);
    expect((await forecastOf(polls(2 * MINUTE, null)))?.likelySeconds).toBeGreaterThan(120);
  });

  test('is null where the history gives none', async () => {
    expect(await forecastOf([])).toBeNull();
    expect(await forecastOf([ok(T0), ok(T0 + MINUTE)])).toBeNull();
    expect(await forecastOf([...every10s(40, () => 5), failed(T0 + 400 * SECOND)])).toBeNull();
    // A checkpoint that stands still.
    const frozen = Array.from({ length: 20 }, (_, i) => syncing(T0 + i * 10 * SECOND, 5 + i * 10));
    expect(await forecastOf(frozen)).toBeNull();
  });
});

describe('a replay', () => {
  const replayed = async (polls: readonly Observation[], maxLagSeconds: number, holdSeconds: number) =>
    replay('p_x', { type: 'SYNCED', maxLagSeconds, holdSeconds }, (await seen(polls)).snapshots('p_x'));

  test('says when other thresholds would have opened, and when they would have closed again', async () => {
    const polls = every10s(60, (i) => (i < 20 ? 100 - i : i < 40 ? 5 : 90));
    const loose = await replayed(polls, 30, 60);
    expect(loose.openings).toMatchObject([{ from: '2026-11-23T00:04:20.000Z', to: '2026-11-23T00:06:30.000Z' }]);
    expect((await replayed(polls, 4, 60)).openings).toEqual([]);
    // The checkpoint goes back where the lag jumps, which is an anomaly: the hold restarts.
    expect((await replayed(polls, 120, 60)).openings).toHaveLength(2);
  });

  test('says that polls were too far apart for any hold', async () => {
    const polls = Array.from({ length: 10 }, (_, i) => syncing(T0 + i * 5 * MINUTE, 5));
    expect(await replayed(polls, 30, 60)).toMatchObject({ openings: [], gaps: 9, widestGapSeconds: 30 });
    expect((await replayed(polls, 30, 1200)).openings).toHaveLength(1);
  });
});
