/** The vocabulary of OMS, as OMS spells it, and the outcomes of a request to it. */

/** Alarm level of a project in OMS; called `alarmLevel` from 4.1.1 on. */
export const IMPORTANCES = ['HIGH', 'MEDIUM', 'LOW', 'IGNORE'] as const;
export type Importance = (typeof IMPORTANCES)[number];

/** The kinds of OMS project. */
export const PROJECT_KINDS = ['migration', 'sync'] as const;
export type ProjectKind = (typeof PROJECT_KINDS)[number];

export const COMPARISONS = ['HISTORY', 'REPLY'] as const;
export type Comparison = (typeof COMPARISONS)[number];

/** An unexpected value: recorded and shown, never fatal. A gate that depends on the field stays closed. */
export interface Anomaly {
  /** The field, in the progress model's spelling, or `body`, `Date`, … for what is not one. */
  readonly field: string;
  /** As text, cut to 80 characters. */
  readonly value: string;
  /** What is unexpected about it. */
  readonly problem: string;
  /** Set where only a comparison shows it: with earlier polls, or with the rest of the reply. */
  readonly foundIn?: Comparison;
}

/** Messages of OMS. Each is cut to 500 characters and free of control characters. */
export interface OmsWords {
  readonly code?: string;
  readonly message?: string;
  readonly advice?: string;
  readonly requestId?: string;
  readonly cost?: string;
  /** From errorDetail. */
  readonly level?: string;
  readonly reason?: string;
  readonly proposal?: string;
  /** The step that failed, as DescribeProjectSteps reports it (4.1.1 on). */
  readonly failedStep?: string;
  readonly failedStepCode?: string;
  readonly failedStepMessage?: string;
}

/** Why a poll failed. The first three are also error names of a wait; for a wait the others are an outage. */
export const FAILED_OUTCOMES = [
  /** No connection, no complete body in time, 408, 429, 5xx. */
  'OmsUnreachable',
  /** 401, 403, a redirect (to a login page), regardless of the body. */
  'OmsRejectedCredentials',
  /** `success: false` with GHANA-PROJECT000001. */
  'OmsProjectNotFound',
  /** `success: false` with anything else. */
  'OmsRefused',
  /** Any other body, or one too large. */
  'OmsBadReply',
] as const;
export type FailedOutcome = (typeof FAILED_OUTCOMES)[number];
export type Outcome = 'OK' | FailedOutcome;

/** The families of calls: the GETs of 3.3.0 to 4.1.0, and the actions of 4.1.1 on. */
export const OMS_APIS = ['3.3', '4.1.1'] as const;
export type OmsApi = (typeof OMS_APIS)[number];

/** `auto`: the family that OMS answers to. */
export const API_CHOICES = ['auto', ...OMS_APIS] as const;
export type ApiChoice = (typeof API_CHOICES)[number];
