import type { CutoverRecord } from '../../../lambda/core/cutover/record';
import { handOver } from '../../../lambda/core/notifications/notice';
import { Harness } from '../../support/harness';
import { MINUTE, ok, T0 } from '../../support/observations';
import { play } from '../../support/run';

test('a notice makes room among what waits as a look does: health changes go first, a status stays', async () => {
  const run = new Harness();
  run.refusal = new Error('no topic');
  const { projectState } = play([ok(T0), ok(T0 + MINUTE, { status: 'SUSPEND' })], { waitId: null });
  const [status] = projectState.pending;
  if (status === undefined) throw new Error('nothing to tell');
  const health = Array.from({ length: 49 }, (_, i) => ({ ...status, id: `h${i}`, kind: 'stalled' as const }));
  await run.store.putState({ ...projectState, version: 1, pending: [status, ...health] }, { expectedVersion: 0 });
  const record = { run: 'run-1', project: 'p_x' } as CutoverRecord;
  const notice = { id: 'asks', headline: 'approve', body: 'a receipt', advice: 'decide', importance: 'HIGH' as const };
  await handOver(record, notice, run.ports());
  const pending = (await run.store.readState('p_x'))?.pending ?? [];
  expect(pending).toHaveLength(50);
  expect([pending[0]?.kind, pending[1]?.id, pending.at(-1)?.kind]).toEqual(['status', 'h1', 'cutover']);
});
