/** A failure of OMS as a whole is notified once, with the projects; that of one project is notified for it. */
import { check, requestOutsideWait } from '../../../lambda/core/check/check';
import { OmsConsole } from '../../../lambda/core/check/console';
import type { Observation } from '../../../lambda/core/model/progress';
import { mute } from '../../../lambda/core/notifications/mute';
import { FleetRun } from '../../support/fleet-run';
import { failed, MINUTE, ok } from '../../support/values/observations';

const numbered = (count: number) => Array.from({ length: count }, (_, i) => `p_${String(i).padStart(3, '0')}`);

/** A monitor of 100 projects. */
class Monitored extends FleetRun {
  readonly fleet = numbered(100);
  readonly watch = { console: new OmsConsole(this.ports()) };

  all(shown: ((at: number) => Observation) | null): void {
    for (const project of this.fleet) {
      this.shows.set(project, shown ?? ((at) => ok(at, { status: 'FINISHED', fullMigrationProgress: 100 })));
    }
  }

  async rounds(count: number) {
    for (let i = 0; i < count; i += 1) await this.round(this.fleet, this.watch);
  }

  /** One poll of a wait of each of these projects. @returns the seconds until the next. */
  async waits(projects: readonly string[]) {
    let next = 0;
    for (const project of projects) {
      const request = { ...requestOutsideWait(project), looker: 'wait' } as const;
      next = (await check(request, { ...this.ports(), ...this.watch })).waitSeconds;
    }
    return next;
  }

  get messages() {
    return this.harness.notified.map(({ subject }) => subject);
  }
}

describe('an outage of OMS', () => {
  test('sends one message for 100 projects, and one at its end', async () => {
    const run = new Monitored();
    run.all(null);
    await run.rounds(2);
    run.all((at) => failed(at, 'OmsUnreachable'));
    await run.rounds(5);
    expect(run.messages).toEqual(['[oms-cutover] OMS unreachable for 10 min, 100 projects']);
    run.all(null);
    await run.rounds(2);
    expect(run.messages.slice(1)).toEqual(['[oms-cutover] OMS is reachable again, 100 projects']);
    const [outage, end] = run.harness.notified;
    expect(outage?.attributes).toEqual({ project: 'oms', change: 'unreachable', importance: 'HIGH' });
    expect(outage?.event).toMatchObject({
      project: 'oms',
      sequence: 1,
      params: { outcome: 'OmsUnreachable', projects: run.fleet, projectCount: 100 },
    });
    expect(outage?.body).toContain('For 100 projects: OMS unreachable for 10 min');
    expect(outage?.body).toContain('p_000, p_001');
    expect(end?.event).toMatchObject({ sequence: 2, params: { projectCount: 100 } });
  });

  test('is notified once where waits see it first, and where they see its end', async () => {
    const run = new Monitored();
    run.all((at) => failed(at, 'OmsUnreachable'));
    for (let minute = 0; minute < 4; minute += 1) {
      await run.waits(run.fleet);
      run.harness.now += MINUTE;
    }
    run.all(null);
    await run.waits(run.fleet);
    expect(run.messages).toEqual([
      '[oms-cutover] OMS unreachable for 60 s, 100 projects',
      '[oms-cutover] OMS is reachable again, 100 projects',
    ]);
  });

  test('begins again as a new one after a time without polls', async () => {
    const run = new Monitored();
    run.all((at) => failed(at, 'OmsUnreachable'));
    await run.rounds(2);
    run.harness.now += 600 * MINUTE;
    await run.rounds(2);
    expect(run.messages).toEqual([]);
    await run.rounds(1);
    expect(run.messages).toEqual(['[oms-cutover] OMS unreachable for 10 min, 100 projects']);
  });

  test('can be muted like a project', async () => {
    const run = new Monitored();
    await mute({ projectId: 'oms', forSeconds: 3_600 }, run.ports());
    run.all((at) => failed(at, 'OmsUnreachable'));
    await run.rounds(5);
    run.all(null);
    await run.rounds(2);
    expect(run.messages).toEqual([]);
    run.harness.now += 60 * MINUTE;
    await run.rounds(1);
    expect(run.messages).toEqual([expect.stringContaining('2 changes while muted')]);
  });

  test('is sent after all where SNS rejected it', async () => {
    const run = new Monitored();
    run.all((at) => failed(at, 'OmsUnreachable'));
    run.harness.refusal = new Error('denied');
    await run.rounds(3);
    expect(run.messages).toEqual([]);
    run.harness.refusal = null;
    await run.rounds(1);
    expect(run.messages).toEqual(['[oms-cutover] OMS unreachable for 10 min, 100 projects']);
  });
});

describe('a rejected account', () => {
  test('sends one message for 100 projects, at once, and one at its end', async () => {
    const run = new Monitored();
    run.all((at) => failed(at, 'OmsRejectedCredentials'));
    await run.rounds(3);
    run.all(null);
    await run.rounds(1);
    expect(run.messages).toEqual([
      '[oms-cutover] OMS rejects the credentials, 100 projects',
      '[oms-cutover] OMS accepts the credentials again, 100 projects',
    ]);
  });
});

describe('a failure of one project', () => {
  test('is notified for it while OMS answers for the others', async () => {
    const run = new Monitored();
    run.all(null);
    run.shows.set('p_007', (at) => failed(at, 'OmsUnreachable'));
    await run.rounds(4);
    run.all(null);
    await run.rounds(1);
    expect(run.harness.notified.map(({ event }) => `${event.project} ${event.change}`)).toEqual([
      'p_007 unreachable',
      'p_007 reachable',
    ]);
  });

  test('is notified for it where only its wait sees it', async () => {
    const run = new Monitored();
    run.shows.set('p_007', (at) => failed(at, 'OmsUnreachable'));
    for (let poll = 0; poll < 6; poll += 1) run.harness.now += 1_000 * (await run.waits(['p_007']));
    expect(run.harness.notified.map(({ event }) => `${event.project} ${event.change}`)).toEqual(['p_007 unreachable']);
  });

  test('costs no read and no write of the console while OMS answers', async () => {
    const run = new Monitored();
    await run.waits(run.fleet);
    await run.rounds(1);
    expect(run.store.projectStateOf.has('oms')).toBe(false);
  });
});
