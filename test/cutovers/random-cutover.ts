/** One random cutover: what the source, OMS, the user's steps, the function and the operators do, all drawn from one seed. */

import type { CutoverOutcome } from '../../lambda/contract/requests/cutover';
import { answerCutover } from '../../lambda/core/cutover/approval';
import { type CutoverRecord, guardedUntil, isBeforeSwitchover, mayBeStopped } from '../../lambda/core/cutover/record';
import { Random } from '../../local/random';
import { ModelledSource, type Stretch } from '../../local/simulator/modelled-source';
import type { Definition } from '../../local/step-functions/definition';
import type { ExecutionResult } from '../../local/step-functions/execution';
import { VirtualClock } from '../../local/virtual-clock';
import { Death, THROTTLED_MS } from './death';
import { type Deployed, VARIANTS, type Variant } from './machines';
import { PROJECT, World } from './world';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;

export interface CutoverResult {
  readonly seed: number;
  readonly variant: Variant;
  readonly outcome: CutoverOutcome | 'UNCLOSED' | 'NEVER_BEGAN';
  /** The error that the execution ended with; null where it succeeded or was aborted. */
  readonly error: string | null;
  /** Committed on the source, or about to be, and missing on the target when traffic was switched. */
  readonly lostWrites: number;
  /** Writes were left stopped without a notification that requires manual action. */
  readonly stranded: boolean;
  /** The source and the target took writes at the same time. */
  readonly splitBrain: boolean;
  /** What was injected, where the cutover came to that. */
  readonly death: string | null;
  /** The event of the end of its execution was lost, and writes were resumed all the same. */
  readonly resumedByWatchdog: boolean;
  /** From the end of an execution that left writes stopped before the switchover until they were resumed; null for any other. */
  readonly resumedAfterMs: number | null;
  /** Ended before the switchover with an operator needed, although resumeWrites never failed. */
  readonly notResumed: boolean;
  /** Runs of switchTraffic after the cutover had ended, or while writes were being resumed. */
  readonly lateSwitches: number;
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
  const seen = {
    switchedAt: null as number | null,
    lost: 0,
    splitBrain: false,
    calm: false,
    isOver: false,
    resumedAt: null as number | null,
    resumeFailed: false,
    lateStopAt: null as number | null,
    lateSwitches: 0,
  };
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
  const death = random.chance(0.8) ? new Death(random, definitionsOf(deployed, variant), () => strike()) : null;
  let throttledUntil = 0;
  const strike = () => {
    if (death?.end === null) throttledUntil = clock.now() + THROTTLED_MS;
    else stop.abort();
  };
  const isLate = death?.mode === 'lateStop';
  const steps: Record<string, (cutover: unknown) => Promise<unknown>> = {
    stopWrites: async () => {
      if (isLate) {
        // Its task times out; its Lambda function ends within 15 minutes of its start, and the time of the task is part of them.
        await clock.sleep(20 * SECOND);
        death.struck = 'stopWrites';
        aside(async () => {
          await clock.sleep(random.whole(1, 14 * 60) * SECOND);
          seen.lateStopAt = clock.now();
          source.stopWrites(clock.now());
        });
        throw Object.assign(failing('stopWrites'), { name: 'States.Timeout' });
      }
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
      if (random.chance(0.1)) {
        seen.resumeFailed = true;
        throw failing('resumeWrites');
      }
      source.resumeWrites(clock.now());
      seen.resumedAt ??= clock.now();
      if (random.chance(0.04)) {
        seen.resumeFailed = true;
        throw failing('resumeWrites, after its work,');
      }
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
      const current = await world.cutovers.readCutover(PROJECT, run);
      if (current === undefined || current.ending !== null || current.resume !== undefined) seen.lateSwitches += 1;
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
    isThrottled: (now) => now < throttledUntil,
    onState: (machine, state) => death?.onState(machine, state),
    steps,
  });
  const run = `run-${seed}`;
  aside(async () => {
    await clock.sleep(random.whole(0, 59) * SECOND);
    while (!seen.isOver) {
      await world.watch().catch(() => undefined);
      await clock.sleep(MINUTE);
    }
  });
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
  const execution = await world.cutOver(run, {
    signal: stop.signal,
    deliveries: deliveriesOf(death),
    endsAs: death?.end === 'timeout' ? 'TIMED_OUT' : 'ABORTED',
  });
  over.abort();
  if (death?.mode === 'gone') world.forget(run);
  await untilQuiet(world, run, clock);
  seen.calm = true;
  if (death?.mode === 'redriven' && execution.stoppedIn !== undefined) {
    await clock.sleep(random.pick([0, MINUTE, 2 * DAY]));
    await byHand(world, run, source, clock, random, seen);
    await world.redrive(execution);
    await untilQuiet(world, run, clock);
  }
  seen.isOver = true;
  await Promise.all(background);
  await world.continueSchedule(2);
  const record = await world.cutovers.readCutover(PROJECT, run);
  const outcome = record === undefined ? 'NEVER_BEGAN' : (record.ending?.outcome ?? 'UNCLOSED');
  const notified = world.notices(run, 'over-needs-operator').some(({ attributes }) => attributes.importance === 'HIGH');
  const stopped = !source.takesWrites(clock.now()) && seen.switchedAt === null;
  const resumedAfterMs = record === undefined ? null : resumedAfter(record, execution, seen);
  return {
    seed,
    variant,
    outcome,
    error: execution.error ?? null,
    lostWrites: seen.lost,
    stranded: stopped && !(outcome === 'NEEDS_OPERATOR' && notified),
    splitBrain: seen.splitBrain || (seen.switchedAt !== null && source.takesWrites(clock.now())),
    death: death?.struck == null ? null : `${death.mode} at ${death.struck}`,
    // With an end that nothing reports, only the watchdog can have resumed them afterwards.
    resumedByWatchdog: deliveriesOf(death) === 0 && (resumedAfterMs ?? 0) > 0,
    resumedAfterMs,
    notResumed:
      outcome === 'NEEDS_OPERATOR' &&
      record !== undefined &&
      isBeforeSwitchover(record) &&
      !isPastDrain(record) &&
      !seen.resumeFailed,
    lateSwitches: seen.lateSwitches,
    message: `${record?.ending?.message ?? execution.cause ?? ''}${record !== undefined && mayBeStopped(record) ? '; writes stopped' : ''}`,
  };
}

function definitionsOf({ machines, pipelineArns, stepsArns, resumeArns }: Deployed, variant: Variant): Definition[] {
  return [pipelineArns, stepsArns, resumeArns].map((arns) => {
    const definition = machines.get(arns[variant]);
    if (definition === undefined) throw new Error(`no definition of ${arns[variant]}`);
    return definition;
  });
}

function deliveriesOf(death: Death | null): number {
  if (death?.mode === 'eventLost' || death?.mode === 'gone') return 0;
  return death?.mode === 'eventTwice' ? 2 : 1;
}

/** Until the record is closed, and stopWrites can no longer end late. */
async function untilQuiet(world: World, run: string, clock: VirtualClock): Promise<void> {
  for (let minutes = 0; minutes < 60; minutes += 1) {
    const record = await world.cutovers.readCutover(PROJECT, run);
    if (record === undefined) return;
    if (record.ending !== null && (guardedUntil(record) ?? 0) < clock.now()) return;
    await clock.sleep(MINUTE);
  }
}

/** After a cutover that needs an operator, some of them switch manually; what a redrive does then would be split brain. */
async function byHand(
  world: World,
  run: string,
  source: ModelledSource,
  clock: VirtualClock,
  random: Random,
  seen: { switchedAt: number | null },
): Promise<void> {
  const record = await world.cutovers.readCutover(PROJECT, run);
  if (record?.ending?.outcome !== 'NEEDS_OPERATOR' || seen.switchedAt !== null || !random.chance(0.5)) return;
  source.stopWrites(clock.now());
  seen.switchedAt = clock.now();
}

/** From 6 on a failure runs `rollback`, or needs an operator; without a step between, the phase is still that of the drain. */
function isPastDrain({ steps, ending }: CutoverRecord): boolean {
  return steps.some(({ step }) => step === 'rollback') || ending?.message.startsWith('6 Drained again failed') === true;
}

/** Null where the execution did not leave writes stopped, or resumeWrites itself failed. */
function resumedAfter(
  record: CutoverRecord,
  execution: ExecutionResult,
  seen: { readonly resumedAt: number | null; readonly resumeFailed: boolean },
): number | null {
  const { ending, stoppingAt } = record;
  // Stopped by a redrive that followed, or resumed by a later attempt of a step that failed.
  if (stoppingAt !== null && Date.parse(stoppingAt) > execution.stoppedAt) return null;
  if (seen.resumeFailed || ending?.outcome !== 'ROLLED_BACK' || stoppingAt === null || !isBeforeSwitchover(record))
    return null;
  if (seen.resumedAt === null) return Number.POSITIVE_INFINITY;
  return Math.max(0, seen.resumedAt - execution.stoppedAt);
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
