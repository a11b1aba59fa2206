/** The fence: read by stopWrites, or our own time. */
import { readFence, sourceAheadMs } from '../../../lambda/core/cutover/fence';
import { play } from '../../support/run';
import { SECOND, syncing, T0 } from '../../support/values/observations';

describe('the fence', () => {
  const step = { startedAt: T0, now: T0 + 3 * SECOND, aheadMs: 0, marginSeconds: 10 };

  test.each([
    ['from the output of the step', { writesStoppedAt: '2026-11-23T00:00:02Z' }],
    ['from the output of a Lambda task', { Payload: { writesStoppedAt: T0 / 1000 + 2 } }],
  ])('is read %s, without a margin', (_, output) => {
    expect(readFence(output, undefined, step)).toEqual({
      writesStoppedAt: '2026-11-23T00:00:02.000Z',
      readBy: 'step',
      marginSeconds: 0,
    });
  });

  test('is our own time after a step without one, plus the lead of the source, and never without a margin', () => {
    expect(readFence({}, undefined, step)).toEqual({
      writesStoppedAt: '2026-11-23T00:00:03.000Z',
      readBy: 'clock',
      marginSeconds: 10,
    });
    expect(readFence(null, undefined, { ...step, aheadMs: 5_000 }).writesStoppedAt).toBe('2026-11-23T00:00:08.000Z');
    expect(readFence(null, undefined, { ...step, marginSeconds: 0 }).marginSeconds).toBe(1);
  });

  test('refuses our own clock where the source is more than a minute ahead', () => {
    expect(() => readFence({}, undefined, { ...step, aheadMs: 61_000 })).toThrow(
      'seems to be 61 s ahead of ours, so our own time cannot be the fence: return writesStoppedAt from stopWrites',
    );
  });

  test('adds the greatest lead that was observed on the source, not only the latest', () => {
    const lead = (at: number, ahead: number) => syncing(at, -ahead);
    const { projectState } = play([lead(T0, 40), lead(T0 + 10 * SECOND, 5)]);
    expect(sourceAheadMs(projectState)).toBe(40 * SECOND);
    expect(sourceAheadMs(play([lead(T0, 40), lead(T0 + 10 * SECOND, 61)]).projectState)).toBe(61 * SECOND);
    expect(sourceAheadMs(play([syncing(T0, 3)]).projectState)).toBe(0);
  });

  test.each([
    ['a text that is not a time', { writesStoppedAt: 'soon' }, undefined],
    ['a time without an offset', { writesStoppedAt: '2026-11-23T00:00:02' }, undefined],
    ['a time one hour ago', { writesStoppedAt: '2026-11-22T23:00:02Z' }, undefined],
    ['a time in one hour', { writesStoppedAt: '2026-11-23T01:00:02Z' }, undefined],
    ['an output without the configured path', { fence: 1 }, 'fence.at'],
  ])('refuses %s', (_, output, path) => {
    expect(() => readFence(output, path, step)).toThrow(expect.objectContaining({ code: 'FenceUnreadable' }));
  });
});
