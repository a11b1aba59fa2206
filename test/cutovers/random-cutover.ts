/** One random cutover: what the source, OMS, the user's steps, the function and the operators do, all drawn from one seed. */

import type { CutoverOutcome } from '../../lambda/contract/requests/cutover';
import { answerCutover } from '../../lambda/core/cutover/approval';
import { mayBeStopped } from '../../lambda/core/cutover/record';
import { Random } from '../../local/random';
import { ModelledSource, type Stretch } from '../../local/simulator/modelled-source';
import { VirtualClock } from '../../local/virtual-clock';
import { type Deployed, VARIANTS, type Variant } from './machines';
import { PROJECT, World } from './world';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

export interface CutoverResult {
  readonly seed: number;
  readonly variant: Variant;
  readonly outcome: CutoverOutcome | 'UNCLOSED';
  /** The error that the execution ended with; null where it succeeded or was aborted. */
  readonly error: string | null;
  /** Committed on the source, or about to be, and missing on the target when traffic was switched. */
  readonly lostWrites: number;
  /** Writes were left stopped without a notification that requires manual action. */
  readonly stranded: boolean;
  /** The source and the target took writes at the same time. */
  readonly splitBrain: boolean;
  readonly aborted: boolean;
  /** Why it ended. */
  readonly message: string;
}

export async function runRandomCutover(seed: number, deployed: Deployed): Promise<CutoverResult> {
  const random = new Random(seed * 2_654_435_761 + 97);
  const variant = random.pick(VARIANTS);
  const clock = new VirtualClock();
  const startedAt = clock.now();
  const fromSource = random.chance(0.65);
  const stretches = (share: number, shortest: number, longest: number): Stretch[] => {
    if (!random.chance(share)) return [];
    const from = startedAt + random.whole(0, 4 * MINUTE);
    return [{ from, to: from + random.whole(shortest, longest) }];
  };
  // A fence from our own clock relies on the source's clock within the margin; a fence that was read on the source does not.
  const skewMs = random.chance(0.4) ? random.uniform(-45, 45) * SECOND : 0;
  const source = new ModelledSource({
    startedAt,
    random: random.next,
    writesPerSecond: random.uniform(0.5, 6),
    longestTransactionMs: random.uniform(0.1, 7) * SECOND,
    usualLagMs: random.uniform(0.5, 20) * SECOND,
    firstLagMs: random.chance(0.3) ? random.uniform(1, 10) * MINUTE : 20 * SECOND,
    catchUp: random.uniform(1.2, 8),
    skewMs: fromSource ? skewMs : random.uniform(-2.5, 2.5) * SECOND,
    reverse: variant === 'switchover' || variant === 'operator' ? random.chance(0.8) : false,
    stalls: stretches(0.3, 20 * SECOND, 10 * MINUTE),
    suspensions: stretches(0.12, 20 * SECOND, 12 * MINUTE),
    failures: stretches(0.12, 5 * SECOND, 4 * MINUTE),
  });
  const outages = stretches(0.2, 5 * SECOND, 8 * MINUTE);
  const kills = random.pick([0, 0, 0, 0.002, 0.01, 0.03]);
  const seen = { switchedAt: null as number | null, lost: 0, splitBrain: false, calm: false };
  const maybeKill = () => {
    if (!seen.calm && random.chance(kills)) throw Object.assign(new Error('killed'), { name: 'Lambda.Unknown' });
  };
  const failing = (what: string) => new Error(`${what} failed`);

  const stopMode = random.pick([
    'works',
    'works',
    'works',
    'works',
    'works',
    'works',
    'before',
    'after',
    'stale',
    'garbage',
    'slow',
  ]);
  const over = new AbortController();
  const background: Promise<unknown>[] = [];
  const aside = (work: () => Promise<unknown>) => background.push(work().catch(() => undefined));
  const stop = new AbortController();
  const aborted = random.chance(0.12);
  const whileStopping = random.chance(0.6);
  const abortAfter = async (ms: number) => {
    await clock.sleep(ms, over.signal);
    stop.abort();
  };
  const steps: Record<string, (cutover: unknown) => Promise<unknown>> = {
    stopWrites: async () => {
      if (aborted && whileStopping) aside(() => abortAfter(random.whole(0, 40 * SECOND)));
      if (stopMode === 'before') throw failing('stopWrites');
      const lastCommit = source.stopWrites(clock.now());
      if (stopMode === 'after') throw failing('stopWrites');
      if (stopMode === 'slow') await clock.sleep(random.whole(10, 120) * SECOND);
      if (!fromSource) return {};
      await clock.sleep(Math.max(0, lastCommit - clock.now()) + 200);
      const offBy = stopMode === 'stale' ? -MINUTE * 60 : 0;
      const read = new Date(source.sourceTime(clock.now()) + offBy).toISOString();
      return stopMode === 'garbage' ? { writesStoppedAt: 'soon' } : { writesStoppedAt: read };
    },
    resumeWrites: async () => {
      if (seen.switchedAt !== null) seen.splitBrain = true;
      if (random.chance(0.1)) throw failing('resumeWrites');
      source.resumeWrites(clock.now());
      if (random.chance(0.04)) throw failing('resumeWrites, after its work,');
      return {};
    },
    switchover: async () => {
      if (random.chance(0.08)) throw failing('switchover');
      await clock.sleep(random.uniform(1, 30) * SECOND);
      source.switchOver(clock.now());
      return {};
    },
    verify: async () => {
      await clock.sleep(random.uniform(1, 60) * SECOND);
      if (random.chance(0.12)) throw failing('verify');
      return { rows: 7 };
    },
    switchTraffic: async () => {
      if (random.chance(0.05)) throw failing('switchTraffic');
      seen.switchedAt = clock.now();
      seen.lost += source.missing(clock.now());
      if (source.takesWrites(clock.now())) seen.splitBrain = true;
      if (random.chance(0.05)) throw failing('switchTraffic, after its work,');
      return {};
    },
    rollback: async () => {
      if (random.chance(0.15)) throw failing('rollback');
      seen.switchedAt = null;
      source.resumeWrites(clock.now());
      return {};
    },
  };
  const world = new World({
    deployed,
    variant,
    clock,
    source,
    random: random.next,
    omsSkewMs: random.chance(0.4) ? random.uniform(-40, 40) * SECOND : 0,
    isDown: (now) => outages.some(({ from, to }) => from <= now && now < to),
    maybeKill,
    steps,
  });
  const run = `run-${seed}`;
  if (variant === 'operator') aside(() => operator(world, run, source, clock, random, over.signal));
  if (variant === 'approval') aside(() => approver(world, run, clock, random, over.signal));
  if (variant !== 'approval' && random.chance(0.04)) {
    aside(async () => {
      await clock.sleep(random.whole(0, 2 * MINUTE), over.signal);
      await answerCutover(
        { project: PROJECT, run, approve: false, by: 'an operator', now: clock.now() },
        world.cutovers,
      );
    });
  }
  if (aborted && !whileStopping) aside(() => abortAfter(random.whole(30 * SECOND, 4 * MINUTE)));
  const execution = await world.cutOver(run, { signal: stop.signal });
  over.abort();
  await Promise.all(background);
  seen.calm = true;
  await world.invoke(world.endEvent(run, execution), true);
  await world.continueSchedule(2);
  const record = await world.cutovers.readCutover(PROJECT, run);
  const outcome = record?.ending?.outcome ?? 'UNCLOSED';
  const notified = world.notices(run, 'over-needs-operator').some(({ attributes }) => attributes.importance === 'HIGH');
  const stopped = !source.takesWrites(clock.now()) && seen.switchedAt === null;
  return {
    seed,
    variant,
    outcome,
    error: execution.error ?? null,
    lostWrites: seen.lost,
    stranded: stopped && !(outcome === 'NEEDS_OPERATOR' && notified),
    splitBrain: seen.splitBrain || (seen.switchedAt !== null && source.takesWrites(clock.now())),
    aborted: execution.status === 'ABORTED',
    message: `${record?.ending?.message ?? execution.cause ?? ''}${record !== undefined && mayBeStopped(record) ? '; writes stopped' : ''}`,
  };
}

/** Switches over in the OMS console some time after the e-mail, or never. */
async function operator(
  world: World,
  run: string,
  source: ModelledSource,
  clock: VirtualClock,
  random: Random,
  over: AbortSignal,
): Promise<void> {
  const delay = random.whole(10 * SECOND, 20 * MINUTE);
  const acts = random.chance(0.85);
  for (;;) {
    await clock.sleep(5 * SECOND, over);
    if (acts && world.notices(run, 'switchover').length > 0) break;
  }
  await clock.sleep(delay, over);
  source.switchOver(clock.now());
}

/** Answers each approval request some time after its e-mail, or never. */
async function approver(
  world: World,
  run: string,
  clock: VirtualClock,
  random: Random,
  over: AbortSignal,
): Promise<void> {
  for (let answered = 0; ; ) {
    await clock.sleep(5 * SECOND, over);
    const asked = world.notices(run, 'ask-').length;
    if (asked <= answered) continue;
    answered = asked;
    if (random.chance(0.1)) continue;
    await clock.sleep(random.whole(0, 10 * MINUTE), over);
    const approve = random.chance(0.85);
    await answerCutover({ project: PROJECT, run, approve, by: 'an operator', now: clock.now() }, world.cutovers).catch(
      () => undefined,
    );
  }
}
