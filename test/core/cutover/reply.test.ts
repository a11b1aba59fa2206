/** The room that a cutover has in the history of its execution. */
import type { CutoverSettings, CutoverState, GateResult } from '../../../lambda/contract/requests/cutover';
import { roomBeforeFence } from '../../../lambda/core/cutover/reply';
import { CutoverSetup, SYNCED_RESULT } from './setup';

describe('the history of the execution', () => {
  const result: GateResult = { ...SYNCED_RESULT, verification: { state: 'UNDER_WAY', message: 'RUNNING' } };
  const command = (state: CutoverState) => ({ action: 'recordGate', state, gate: 'READY', result }) as const;
  const waiting = async (settings: object = {}) => {
    const cutover = new CutoverSetup();
    await cutover.begin('run-1', settings);
    return cutover;
  };

  test('is counted in every round', async () => {
    const cutover = await waiting();
    const first = await cutover.act(command(cutover.state()));
    const second = await cutover.act(command(first.cutover));
    expect([first, second].map(({ cutover }) => cutover.historyEvents)).toEqual([29, 58]);
  });

  test('ends a cutover before it stops writes, where the rest would not fit', async () => {
    const cutover = await waiting();
    const reply = await cutover.act(command({ ...cutover.state(), historyEvents: 20_000 }));
    expect(reply).toMatchObject({ next: 'END', end: { error: 'DeadlineExceeded' } });
    expect(reply.end.cause).toMatch(/history .* has no room left .*; start a new one$/);
    expect((await cutover.record())?.ending?.outcome).toBe('FAILED');
  });

  test.each([
    ['the longest drains', { drainTimeoutSeconds: 3600 }],
    ['the longest switchover', { drainTimeoutSeconds: 3600, switchover: 'operator', switchoverTimeoutSeconds: 43_200 }],
  ])('reserves more than enough for %s', async (_, settings) => {
    const long = { ...(await (await waiting(settings)).record())?.settings } as CutoverSettings;
    const seconds = long.switchover === 'none' ? 7200 : 3600 + 43_200;
    expect(25_000 - roomBeforeFence(long)).toBeGreaterThan((11 * seconds) / 45 + 4_000);
    expect(roomBeforeFence(long)).toBeGreaterThan(5_000);
  });
});
