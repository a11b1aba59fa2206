import { handOver } from '../../../lambda/core/notifications/notice';
import { Harness } from '../../support/harness';
import { play } from '../../support/run';
import { example } from '../../support/values/changes';
import { MINUTE, ok, T0 } from '../../support/values/observations';

test('a notice makes room among the pending changes: health changes are dropped first, a status stays', async () => {
  const run = new Harness();
  run.refusal = new Error('no topic');
  const { projectState } = play([ok(T0), ok(T0 + MINUTE, { status: 'SUSPEND' })], { waitId: null });
  const [status] = projectState.pending;
  if (status === undefined) throw new Error('no change');
  const health = Array.from({ length: 49 }, (_, i) => ({ ...example('stalled'), id: `h${i}` }));
  await run.store.putState({ ...projectState, version: 1, pending: [status, ...health] }, { expectedVersion: 0 });
  const notice = { id: 'asks', headline: 'approve', body: 'a receipt', advice: 'decide', importance: 'HIGH' as const };
  await handOver({ run: 'run-1', project: 'p_x' }, notice, run.ports());
  const pending = (await run.store.readState('p_x'))?.pending ?? [];
  expect(pending).toHaveLength(50);
  expect([pending[0]?.kind, pending[1]?.id, pending.at(-1)?.kind]).toEqual(['status', 'h1', 'cutover']);
});
