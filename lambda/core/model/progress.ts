/** What OMS reports about a project. Field names are those of the 3.3.0-CE page; newer spellings are translated at the edge. */
import type { Anomaly, FailedOutcome, Importance, OmsApi, OmsWords } from '../../contract/oms';

/** Every known status. A reply may carry another one: it is kept as it came. */
export const STATUSES = [
  'UNCONFIGURED',
  'INIT',
  'RUNNING',
  'SUSPEND',
  'FAILED',
  'FINISHED',
  'RELEASING',
  'RELEASED',
  'DELETED',
  'RUNNING_MODIFYING',
  'RUNNING_MERGING',
  'RUNNING_ALARMING',
] as const;
export type KnownStatus = (typeof STATUSES)[number];

/** The eleven data fields. Null: OMS reported nothing usable; the anomalies of the poll say why where there was a value. */
export interface Progress {
  /** As OMS spells it, recognized or not; cut to 64 characters. */
  readonly status: string;
  readonly importance: Importance | null;
  readonly enableStructMigration: boolean | null;
  readonly enableFullMigration: boolean | null;
  readonly enableIncrSync: boolean | null;
  readonly enableReverseIncrSync: boolean | null;
  /** As OMS spells it, recognized or not; never the full verification; cut to 64 characters. */
  readonly currentStep: string | null;
  /** Percent, 0 to 100. */
  readonly structMigrationProgress: number | null;
  /** Percent, 0 to 100. */
  readonly fullMigrationProgress: number | null;
  /** Unix seconds. 0 and absent mean "no data", never 1970. */
  readonly incrSyncCheckpoint: number | null;
  /** Unix seconds. 0 and absent mean "no data", never 1970. */
  readonly reverseIncrSyncCheckpoint: number | null;
}

/** The envelope around data, as the 3.3.0-CE page lists it: nine fields beside `data`, null on what OMS left out. */
export interface Envelope {
  readonly success: boolean;
  readonly code: string | null;
  readonly message: string | null;
  readonly advice: string | null;
  readonly requestId: string | null;
  readonly pageNumber: number | null;
  readonly pageSize: number | null;
  readonly totalCount: number | null;
  readonly cost: string | null;
}

interface ObservationBase {
  /** When our request began, Unix milliseconds by our clock. Orders polls, and decides whether one began after the fence. */
  readonly requestedAt: number;
  /** When the reply was complete, or the poll given up, Unix milliseconds by our clock. */
  readonly answeredAt: number;
  /** OMS's clock minus ours in milliseconds, from the reply's Date header (whole seconds, so ±1 s); null when unknown. */
  readonly clockSkewMs: number | null;
  /** Which calls answered: '3.3' or '4.1.1'; null when none did. */
  readonly api: OmsApi | null;
  readonly anomalies: readonly Anomaly[];
  readonly said: OmsWords;
}

/** One poll of OMS. A failed poll is a fact too, not an exception. */
export type Observation =
  | (ObservationBase & { readonly outcome: 'OK'; readonly progress: Progress; readonly envelope: Envelope })
  | (ObservationBase & {
      readonly outcome: FailedOutcome;
      /** One sentence: what happened and what was expected. Contains no secret. */
      readonly problem: string;
      /** Of a server that asks to slow down (429, 503): for how many milliseconds, 0 where it does not say. */
      readonly retryAfterMs?: number;
    });

/** A percentage for a person: `63 %`, or `unknown`. */
export function percent(value: number | null): string {
  return value === null ? 'unknown' : `${value} %`;
}
