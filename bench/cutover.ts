/**
 * `npm run bench:cutover`: seconds with writes stopped, ours against a pipeline with the plain job poller, on the same sources. Prints one
 * JSON document. Every pipeline waits for the same goal, a checkpoint beyond the fence; they differ in when they poll.
 */
import { parseArgs } from 'node:util';
import { Random } from '../local/random';
import { ModelledSource, type Stretch } from '../local/simulator/modelled-source';
import type { Definition } from '../local/step-functions/definition';
import { StateMachines } from '../local/step-functions/state-machine';
import { VirtualClock } from '../local/virtual-clock';
import { type Deployed, deploy } from '../test/cutovers/machines';
import { World } from '../test/cutovers/world';

/** A warm invocation with its poll, and the overhead of a Step Functions task. */
const INVOCATION_MS = 250;

interface Measured {
  readonly seconds: number | null;
  readonly lost: number;
}

/** OMS refreshes its checkpoints at fixed times; a cutover begins at any. */
function clockOf(seed: number): VirtualClock {
  return new VirtualClock(Date.UTC(2026, 0, 5) + Math.round(new Random(seed * 31 + 7).next() * 60_000));
}

function sourceOf(seed: number, clock: VirtualClock) {
  const random = new Random(seed * 7_919 + 13);
  const startedAt = clock.now();
  // From the fence on, so that it affects every pipeline equally.
  const stallMs = random.chance(0.15) ? random.whole(10_000, 90_000) : 0;
  const stalls: Stretch[] = [];
  const source = new ModelledSource({
    startedAt,
    random: random.next,
    longestTransactionMs: random.whole(200, 3_000),
    usualLagMs: random.whole(500, 15_000),
    catchUp: random.uniform(1.5, 8),
    stalls,
  });
  return { source, stall: (now: number) => stalls.push({ from: now, to: now + stallMs }) };
}

/** The user's steps, and what they cost. */
function stepsFor({ source, stall }: ReturnType<typeof sourceOf>, clock: VirtualClock) {
  const life = { stoppedAt: 0, switchedAt: null as number | null, lost: 0 };
  const steps = {
    stopWrites: async () => {
      life.stoppedAt = clock.now();
      stall(clock.now());
      const lastCommit = source.stopWrites(clock.now());
      await clock.sleep(Math.max(0, lastCommit - clock.now()) + 50);
      return { writesStoppedAt: new Date(source.sourceTime(clock.now())).toISOString() };
    },
    switchTraffic: async () => {
      life.switchedAt = clock.now();
      life.lost = source.missing(clock.now());
      return {};
    },
    resumeWrites: async () => ({}),
  };
  const measured = (): Measured => ({
    seconds: life.switchedAt === null ? null : (life.switchedAt - life.stoppedAt) / 1000,
    lost: life.lost,
  });
  return { steps, measured };
}

async function ours(deployed: Deployed, seed: number): Promise<Measured> {
  const clock = clockOf(seed);
  const life = sourceOf(seed, clock);
  const { source } = life;
  const { steps, measured } = stepsFor(life, clock);
  const random = new Random(seed).next;
  const world = new World({ deployed, variant: 'plain', clock, source, random, invocationMs: INVOCATION_MS, steps });
  await world.cutOver(`run-${seed}`);
  return measured();
}

const task = (name: string, next: string, more: object = {}) => ({
  Type: 'Task',
  Resource: `arn:aws:states:::user:${name}`,
  Parameters: { 'cutover.$': '$' },
  Next: next,
  ...more,
});

/** The job poller of AWS samples, for the drain. `null`: no drain check, as in many runbooks. */
function poller(intervalSeconds: number | null): Definition {
  const drain = {
    Wait: { Type: 'Wait', Seconds: intervalSeconds ?? 0, Next: 'Get status' },
    'Get status': task('getStatus', 'Drained?'),
    'Drained?': {
      Type: 'Choice',
      Choices: [{ Variable: '$.drained', BooleanEquals: true, Next: 'Switch' }],
      Default: 'Wait',
    },
  };
  return {
    StartAt: 'Ready',
    States: {
      Ready: { Type: 'Wait', Seconds: 60, Next: 'Stop' },
      Stop: task('stopWrites', intervalSeconds === null ? 'Switch' : 'Wait'),
      ...(intervalSeconds === null ? {} : drain),
      Switch: { ...task('switchTraffic', 'Done'), Next: 'Done' },
      Done: { Type: 'Succeed' },
    },
  };
}

async function polled(seed: number, intervalSeconds: number | null): Promise<Measured> {
  const clock = clockOf(seed);
  const life = sourceOf(seed, clock);
  const { source } = life;
  const { steps, measured } = stepsFor(life, clock);
  const machine = 'arn:aws:states:us-east-1:000000000000:stateMachine:Poller';
  let fence = Number.POSITIVE_INFINITY;
  const machines = new StateMachines({
    machines: new Map([[machine, poller(intervalSeconds)]]),
    clock,
    invoke: async () => ({}),
    integrations: {
      'states:::user:stopWrites': async () => {
        const { writesStoppedAt } = await steps.stopWrites();
        fence = Date.parse(writesStoppedAt);
        return {};
      },
      'states:::user:switchTraffic': steps.switchTraffic,
      'states:::user:getStatus': async () => {
        await clock.sleep(INVOCATION_MS);
        return { drained: (source.stateAt(clock.now()).checkpoint ?? 0) * 1000 > fence };
      },
    },
  });
  await machines.run(machine, {});
  return measured();
}

function summary(all: readonly Measured[]) {
  const seconds = all.flatMap(({ seconds: one }) => one ?? []).sort((a, b) => a - b);
  const at = (share: number) => round(seconds[Math.min(seconds.length - 1, Math.floor(share * seconds.length))] ?? 0);
  return {
    switched: seconds.length,
    meanSeconds: round(seconds.reduce((sum, one) => sum + one, 0) / Math.max(1, seconds.length)),
    p50Seconds: at(0.5),
    p95Seconds: at(0.95),
    maxSeconds: at(1),
    lostWrites: all.reduce((sum, { lost }) => sum + lost, 0),
  };
}

const round = (value: number) => Math.round(value * 10) / 10;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { seed: { type: 'string' }, count: { type: 'string' } } });
  const [seed, count] = [Number(values.seed ?? 1), Number(values.count ?? 200)];
  const deployed = deploy();
  const seeds = Array.from({ length: count }, (_, i) => seed * 100_003 + i);
  const each = async (play: (one: number) => Promise<Measured>) => {
    const all: Measured[] = [];
    for (const one of seeds) all.push(await play(one));
    return summary(all);
  };
  const report = {
    bench: 'seconds with writes stopped',
    seed,
    cutovers: count,
    ours: await each((one) => ours(deployed, one)),
    poller10s: await each((one) => polled(one, 10)),
    poller30s: await each((one) => polled(one, 30)),
    smallLagOnly: await each((one) => polled(one, null)),
  };
  console.log(JSON.stringify(report, null, 2));
}

main().catch((error: Error) => {
  console.error(error.stack);
  process.exitCode = 1;
});
