/** How a round treats an OMS that is slow, asks to slow down, is down, or rejects the account. */
import { FLEET_CONCURRENCY } from '../../../lambda/core/fleet/shares';
import type { Observation } from '../../../lambda/core/model/progress';
import { FleetRun } from '../../support/fleet-run';
import { failed, ok, SECOND } from '../../support/values/observations';

const numbered = (count: number) => Array.from({ length: count }, (_, i) => `p_${i}`);

/** A round over an OMS that answers as the test says, with the number of requests and the most of them side by side. */
async function round(projects: readonly string[], answers: (request: number, project: string) => Partial<Observation>) {
  const run = new FleetRun();
  let requests = 0;
  let underWay = 0;
  let most = 0;
  const asked: string[] = [];
  const times: number[] = [];
  const oms = {
    poll: async (project: string) => {
      requests += 1;
      asked.push(project);
      times.push(run.harness.now);
      underWay += 1;
      most = Math.max(most, underWay);
      const answer = answers(requests, project);
      await new Promise((resolve) => setImmediate(resolve));
      underWay -= 1;
      const { outcome = 'OK' } = answer;
      const at = run.harness.now;
      return outcome === 'OK' ? ok(at) : { ...failed(at, outcome), ...answer, outcome };
    },
  };
  const report = await run.round(projects, { oms: oms as never });
  return { run, report, requests, most, asked, times };
}

describe('a round', () => {
  test('begins with one poll, and reaches its limit while OMS answers', async () => {
    const { most, requests, report } = await round(numbered(200), () => ({}));
    expect({ most, requests, checked: report.checked }).toEqual({
      most: FLEET_CONCURRENCY,
      requests: 200,
      checked: 200,
    });
  });

  test('asks an OMS that is down three times, and records the outage for every project', async () => {
    const { run, requests, report } = await round(numbered(200), () => ({ outcome: 'OmsUnreachable' }));
    expect({ requests, checked: report.checked }).toEqual({ requests: 3, checked: 200 });
    const outcomes = new Set([...run.store.projectStateOf.values()].map(({ outcome }) => outcome));
    expect(outcomes).toEqual(new Set(['OmsUnreachable']));
    expect(run.store.projectStateOf.get('p_100')?.problem).toMatch(
      /\(asked for p_2 in this round, not again for this project\)$/,
    );
    expect(run.harness.logged).toContainEqual({
      event: 'oms-down',
      fields: expect.objectContaining({ askedFor: 'p_2' }),
    });
  });

  test('stops asking an OMS that goes down in the middle of it', async () => {
    const { requests } = await round(numbered(1_000), (request) =>
      request <= 500 ? {} : { outcome: 'OmsUnreachable' },
    );
    expect(requests).toBeLessThanOrEqual(500 + FLEET_CONCURRENCY + 3);
  });

  test('sends a rejected account once', async () => {
    const { run, requests } = await round(numbered(100), () => ({ outcome: 'OmsRejectedCredentials' }));
    expect(requests).toBe(1);
    const outcomes = new Set([...run.store.projectStateOf.values()].map(({ outcome }) => outcome));
    expect(outcomes).toEqual(new Set(['OmsRejectedCredentials']));
  });

  test('believes a rejection of one project only of that project, once OMS has accepted the account', async () => {
    const { run, requests } = await round(numbered(100), (_, project) =>
      project === 'p_50' ? { outcome: 'OmsRejectedCredentials' } : {},
    );
    expect(requests).toBe(100);
    const rejected = [...run.store.projectStateOf.values()].filter(({ outcome }) => outcome !== 'OK');
    expect(rejected.map(({ project }) => project)).toEqual(['p_50']);
  });

  test('sends few more logins where the account is rejected from the middle on', async () => {
    const { requests } = await round(numbered(1_000), (request) =>
      request <= 500 ? {} : { outcome: 'OmsRejectedCredentials' },
    );
    expect(requests).toBeLessThanOrEqual(500 + FLEET_CONCURRENCY + 2);
  });

  test('pauses for everybody where OMS asks to, and then asks for the projects that it turned away', async () => {
    const { run, report, asked, times } = await round(numbered(50), (request) =>
      request === 20 ? { outcome: 'OmsUnreachable', retryAfterMs: 7 * SECOND } : {},
    );
    expect(report.checked).toBe(50);
    expect(asked).toHaveLength(51);
    const under = times.filter((at) => at < Number(times[0]) + 7 * SECOND).length;
    expect(under).toBeLessThan(20 + FLEET_CONCURRENCY);
    expect(under).toBeGreaterThanOrEqual(20);
    expect(times.at(-1)).toBe(Number(times[0]) + 7 * SECOND);
    expect([...run.store.projectStateOf.values()].every(({ outcome }) => outcome === 'OK')).toBe(true);
  });
});
