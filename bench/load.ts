/**
 * What the schedule of a monitor does to OMS: `npm run bench:load`, JSON on standard output, virtual time, 2 to 4 minutes.
 * Each run is the synthesized schedule and the real core against a simulated console; beside it, in the same world, the schedules before: one for
 * each 200 projects, all at once, 16 polls at a time each, two retries, no limit over them.
 */
import { VirtualClock } from '../local/virtual-clock';
import { type ConsoleOptions, SimulatedConsole } from './load/console';
import { DeployedFleet } from './load/function';

const INTERVAL_MS = 300_000;

const numbered = (count: number) => Array.from({ length: count }, (_, i) => `p_${String(i).padStart(12, '0')}`);

/** One round of the schedules as they were. */
async function allAtOnce(clock: VirtualClock, oms: SimulatedConsole, projects: readonly string[]): Promise<void> {
  const schedules = Array.from({ length: Math.ceil(projects.length / 200) }, (_, i) =>
    projects.slice(i * 200, (i + 1) * 200),
  );
  const invocations = schedules.map(async (mine) => {
    const endsAt = clock.now() + 150_000;
    let next = 0;
    const worker = async () => {
      while (next < mine.length && clock.now() < endsAt) await oms.poll(mine[next++] as string);
    };
    await Promise.all(Array.from({ length: 16 }, worker));
  });
  await Promise.all(invocations);
}

function figures(oms: SimulatedConsole, projects: number) {
  const { polls, answered, requests, mostAtOnce, mostInOneSecond } = oms;
  return { projects, polls, answered, requests, mostAtOnce, mostInOneSecond };
}

async function load(
  what: string,
  count: number,
  { retries = 0, ...options }: Omit<ConsoleOptions, 'retries'> & { retries?: number },
) {
  const projects = numbered(count);
  const before = new VirtualClock();
  const omsBefore = new SimulatedConsole(before, { ...options, retries: 2 });
  await allAtOnce(before, omsBefore, projects);
  const clock = new VirtualClock();
  const oms = new SimulatedConsole(clock, { ...options, retries });
  const fleet = new DeployedFleet(clock, oms, projects);
  await fleet.run(1);
  return {
    what,
    before: figures(omsBefore, count),
    deployed: { ...figures(oms, count), invocations: fleet.invocations },
  };
}

/** Three rounds in which OMS fails, and one after it. */
async function storm(what: string, state: 'DOWN' | 'REJECTS', count: number) {
  const projects = numbered(count);
  const before = new VirtualClock();
  const omsBefore = new SimulatedConsole(before, { rate: 1_000, excess: 'WAITS', retries: 2 });
  omsBefore.state = state;
  for (let round = 0; round < 3; round += 1) await allAtOnce(before, omsBefore, projects);
  const clock = new VirtualClock();
  const oms = new SimulatedConsole(clock, { rate: 1_000, excess: 'WAITS', retries: 0 });
  oms.state = state;
  const fleet = new DeployedFleet(clock, oms, projects);
  await fleet.run(3);
  const requests = oms.requests;
  oms.state = null;
  await fleet.run(1);
  // Each project was notified by itself: when the third poll had failed, or at once, and at the end.
  return {
    what,
    projects: count,
    before: { requests: omsBefore.requests, messages: 2 * count },
    deployed: { requests, messages: fleet.subjects.length, subjects: fleet.subjects },
  };
}

async function large(what: string, count: number, options: { discover?: boolean; accountConcurrency?: number }) {
  const clock = new VirtualClock();
  const oms = new SimulatedConsole(clock, { rate: 1_000, excess: 'WAITS', retries: 0 });
  const fleet = new DeployedFleet(clock, oms, numbered(count), options);
  const began = clock.now();
  await fleet.run(2);
  const polled = [...fleet.store.projectStateOf.values()].filter(({ version }) => version >= 2).length;
  return {
    what,
    ...figures(oms, count),
    polledInBothIntervals: polled,
    longestGapSeconds: oms.longestGapMs / 1000,
    endedAfterSeconds: (clock.now() - began - 2 * INTERVAL_MS) / 1000,
    invocations: fleet.invocations,
    invocationsAtOnce: fleet.mostAtOnce,
    templateBytes: fleet.templateBytes,
    largestFleetItemBytes: fleet.store.largestItem,
  };
}

async function main(): Promise<void> {
  const note = <T extends { what: string }>(result: T): T => {
    console.error(JSON.stringify(result));
    return result;
  };
  console.log(
    JSON.stringify({
      load: [
        note(await load('10 a second, the rest waits', 1_600, { rate: 10, excess: 'WAITS' })),
        note(await load('10 a second, 503 for the rest', 1_600, { rate: 10, excess: 'TURNED_AWAY' })),
      ],
      storms: [
        note(await storm('no answer', 'DOWN', 100)),
        note(await storm('rejected account', 'REJECTS', 100)),
        note(await storm('no answer', 'DOWN', 1_600)),
        note(await storm('rejected account', 'REJECTS', 1_600)),
      ],
      large: [
        note(await large('named', 10_000, {})),
        note(await large('named', 100_000, {})),
        note(await large('discovered', 100_000, { discover: true })),
        note(await large('named, in a new account', 10_000, { accountConcurrency: 10 })),
      ],
    }),
  );
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
