/** What a scenario is: one migration's life as data, on a time line that begins when the simulator starts. Offsets are simulated milliseconds. */
import type { Importance, OmsWords, ProjectKind } from '../../lambda/contract/oms';

export interface Scenario {
  readonly title: string;
  readonly description: string;
  readonly kind: ProjectKind;
  readonly importance: Importance;
  readonly enable: Switches;
  /** How often OMS refreshes its checkpoints; a real one does every 10 s. */
  readonly checkpointEveryMs: number;
  /** By `at`, the first at 0. What a key does not say goes on as it was. */
  readonly timeline: readonly Key[];
  readonly faults: readonly Fault[];
}

export interface Switches {
  readonly struct: boolean;
  readonly full: boolean;
  readonly incrSync: boolean;
  readonly reverseIncrSync: boolean;
}

/** A point of the time line. Percentages and lags move evenly from one key that names them to the next that does. */
export interface Key {
  readonly at: number;
  readonly status?: string;
  readonly step?: string | null;
  readonly importance?: string;
  readonly enable?: Partial<Switches>;
  readonly struct?: number | null;
  readonly full?: number | null;
  readonly checkpoint?: CheckpointKey;
  readonly reverseCheckpoint?: CheckpointKey;
  /** OMS's words from here on; null ends them. */
  readonly error?: ErrorWords | null;
}

/** How a checkpoint behaves from a key on. `none`: OMS sends null; `frozen`: it stays where it was. */
export type CheckpointKey =
  | { readonly kind: 'none' }
  | { readonly kind: 'frozen' }
  | { readonly kind: 'moving'; readonly lagMs: number; readonly variesMs: number };

export type ErrorWords = Pick<OmsWords, 'code' | 'level' | 'message' | 'reason' | 'proposal'>;

/** Something that goes wrong between two moments. Where several overlap, the first of the list counts. */
export interface Fault {
  readonly from: number;
  readonly to: number;
  readonly trouble: Trouble;
}

export type Trouble =
  /** An HTTP status with an empty body, or with the given one. */
  | { readonly kind: 'http'; readonly status: number; readonly retryAfter?: string; readonly body?: string }
  /** The connection is closed without an answer, as by an OMS that is down. */
  | { readonly kind: 'unreachable' }
  /** The request is taken and never answered. */
  | { readonly kind: 'silent' }
  /** Headers and half of the body, then nothing. */
  | { readonly kind: 'stall' }
  | { readonly kind: 'html' }
  | { readonly kind: 'redirect'; readonly location: string }
  | { readonly kind: 'bad-json' }
  /** The generated sample of the vendor's 3.3.0-CE page: no commas, 5151 %. */
  | { readonly kind: 'seed-sample' }
  /** An endless body. */
  | { readonly kind: 'huge' }
  /** `success: false` with these words. */
  | { readonly kind: 'refused'; readonly error: ErrorWords }
  /** As if OMS did not know the project. */
  | { readonly kind: 'unknown-project' }
  /** A right answer with a clock that is wrong by this much. */
  | { readonly kind: 'clock'; readonly skewMs: number }
  /** A right answer after this much real time. */
  | { readonly kind: 'slow'; readonly delayMs: number }
  /** A right answer with some fields of `data` replaced. */
  | { readonly kind: 'odd'; readonly data: Readonly<Record<string, unknown>> };

/** Simulated milliseconds until the last key. */
export function scenarioLength(scenario: Scenario): number {
  return scenario.timeline.at(-1)?.at ?? 0;
}
