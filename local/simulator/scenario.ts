/** A scenario: the course of one migration as data, on a timeline that begins when the simulator starts. Offsets are simulated milliseconds. */
import type { Importance, OmsWords, ProjectKind } from '../../lambda/contract/oms';

export interface Scenario {
  readonly title: string;
  readonly description: string;
  readonly kind: ProjectKind;
  readonly importance: Importance;
  readonly enable: Switches;
  /** How often OMS refreshes its checkpoints; a real one does every 10 s. */
  readonly checkpointEveryMs: number;
  /** In order of `at`, the first at 0. Fields that an entry leaves out keep their values. */
  readonly timeline: readonly Key[];
  readonly faults: readonly Fault[];
}

export interface Switches {
  readonly struct: boolean;
  readonly full: boolean;
  readonly incrSync: boolean;
  readonly reverseIncrSync: boolean;
}

/** An entry of the timeline. Percentages and lags move evenly between two entries that have them. */
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
  /** OMS's error from here on; null removes it. */
  readonly error?: ErrorWords | null;
}

/** How a checkpoint behaves from an entry on. `none`: OMS sends null; `frozen`: it does not move. */
export type CheckpointKey =
  | { readonly kind: 'none' }
  | { readonly kind: 'frozen' }
  | { readonly kind: 'moving'; readonly lagMs: number; readonly variesMs: number };

export type ErrorWords = Pick<OmsWords, 'code' | 'level' | 'message' | 'reason' | 'proposal'>;

/** A fault between two moments. Where several overlap, the first in the list applies. */
export interface Fault {
  readonly from: number;
  readonly to: number;
  readonly trouble: Trouble;
}

export type Trouble =
  /** An HTTP status with an empty body, or with the given one. */
  | { readonly kind: 'http'; readonly status: number; readonly retryAfter?: string; readonly body?: string }
  /** The connection is closed without a response, as by an OMS that is down. */
  | { readonly kind: 'unreachable' }
  /** The request is accepted and never answered. */
  | { readonly kind: 'silent' }
  /** Headers and part of the body, then nothing. */
  | { readonly kind: 'stall' }
  | { readonly kind: 'html' }
  | { readonly kind: 'redirect'; readonly location: string }
  | { readonly kind: 'bad-json' }
  /** The generated sample of the vendor's 3.3.0-CE page: no commas, 5151 %. */
  | { readonly kind: 'seed-sample' }
  /** An endless body. */
  | { readonly kind: 'huge' }
  /** `success: false` with this error. */
  | { readonly kind: 'refused'; readonly error: ErrorWords }
  /** As for a project that OMS does not have. */
  | { readonly kind: 'unknown-project' }
  /** A valid reply; OMS's clock is wrong by this much. */
  | { readonly kind: 'clock'; readonly skewMs: number }
  /** A valid reply after this much real time. */
  | { readonly kind: 'slow'; readonly delayMs: number }
  /** A valid reply with some fields of `data` replaced. */
  | { readonly kind: 'odd'; readonly data: Readonly<Record<string, unknown>> };

/** Simulated milliseconds until the last entry. */
export function scenarioLength(scenario: Scenario): number {
  return scenario.timeline.at(-1)?.at ?? 0;
}
