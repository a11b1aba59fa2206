/** The state of a scenario at one moment. Pure: the same offset always gives the same state. */
import type { CheckpointKey, ErrorWords, Key, Scenario, Switches, Trouble } from './scenario';

export interface SimulatedState {
  readonly status: string;
  readonly importance: string;
  readonly enable: Switches;
  readonly step: string | null;
  /** Whole percent, 0 to 100. */
  readonly struct: number | null;
  readonly full: number | null;
  /** Unix seconds. */
  readonly checkpoint: number | null;
  readonly reverseCheckpoint: number | null;
  readonly error: ErrorWords | null;
  readonly trouble: Trouble | null;
}

/** Converts an offset on the timeline to Unix milliseconds: checkpoints are real times. */
export type ToUnixMs = (offset: number) => number;

/** @param offset simulated milliseconds since the start; clamped to the timeline. */
export function stateAtOffset(scenario: Scenario, offset: number, toUnixMs: ToUnixMs): SimulatedState {
  const at = Math.max(0, offset);
  const passed = scenario.timeline.filter((key) => key.at <= at);
  const last = <K extends keyof Key>(name: K): Key[K] | undefined =>
    passed.findLast((key) => key[name] !== undefined)?.[name];
  const enable: Switches = Object.assign({}, scenario.enable, ...passed.map((key) => key.enable));
  const checkpoint = (name: 'checkpoint' | 'reverseCheckpoint') => checkpointAt(scenario, name, at, toUnixMs);
  return {
    status: last('status') ?? 'INIT',
    importance: last('importance') ?? scenario.importance,
    enable,
    step: last('step') ?? null,
    struct: percentAt(scenario.timeline, 'struct', at),
    full: percentAt(scenario.timeline, 'full', at),
    checkpoint: checkpoint('checkpoint'),
    reverseCheckpoint: checkpoint('reverseCheckpoint'),
    error: last('error') ?? null,
    trouble: scenario.faults.find((fault) => fault.from <= at && at < fault.to)?.trouble ?? null,
  };
}

function percentAt(timeline: readonly Key[], name: 'struct' | 'full', at: number): number | null {
  const before = timeline.findLast((key) => key.at <= at && key[name] !== undefined);
  const value = before?.[name];
  if (before === undefined || value === undefined || value === null) return null;
  const after = timeline.find((key) => key.at > at && key[name] !== undefined);
  return Math.floor(between(at, before.at, value, after?.at, after?.[name]));
}

function checkpointAt(
  scenario: Scenario,
  name: 'checkpoint' | 'reverseCheckpoint',
  at: number,
  toUnixMs: ToUnixMs,
): number | null {
  const keys = scenario.timeline.filter((key) => key[name] !== undefined);
  const index = keys.findLastIndex((key) => key.at <= at);
  const current = keys[index];
  const behaviour = current?.[name];
  if (current === undefined || behaviour === undefined || behaviour.kind === 'none') return null;
  if (behaviour.kind === 'frozen') {
    // Its value at the last moment before it froze; none where it is frozen from the start.
    return index === 0 ? null : checkpointAt(scenario, name, current.at - 1, toUnixMs);
  }
  const sampleMs = sampledAt(toUnixMs(at), scenario.checkpointEveryMs, toUnixMs(current.at));
  const next: CheckpointKey | undefined = keys[index + 1]?.[name];
  const nextLag = next?.kind === 'moving' ? next.lagMs : undefined;
  const lag = between(at, current.at, behaviour.lagMs, keys[index + 1]?.at, nextLag);
  const sample = Math.floor(sampleMs / scenario.checkpointEveryMs);
  const varied = Math.max(0, lag + behaviour.variesMs * wobble(sample));
  return Math.floor((sampleMs - varied) / 1000);
}

/** The last refresh since this behaviour began. */
function sampledAt(unixMs: number, everyMs: number, beganMs: number): number {
  return Math.max(Math.floor(unixMs / everyMs) * everyMs, beganMs);
}

function between(at: number, from: number, value: number, to?: number, target?: number | null): number {
  if (to === undefined || target === undefined || target === null) return value;
  return value + ((target - value) * (at - from)) / (to - from);
}

/** −1 to 1, different for each sample and the same in every run. */
function wobble(sample: number): number {
  const x = Math.sin(sample * 12.9898) * 43_758.5453;
  return (x - Math.floor(x)) * 2 - 1;
}
