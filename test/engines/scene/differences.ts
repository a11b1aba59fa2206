/** Known differences of an engine from AWS or from a local run, each with its reason. An entry that no longer occurs fails the run. */

/** A text that an engine returns in place of that of Step Functions. */
export interface Wording {
  readonly engine: string;
  readonly says: string;
  readonly means: string;
  readonly reason: string;
}

export const WORDINGS: readonly Wording[] = [
  {
    engine: 'ministack',
    says: 'Runtime.HandlerError',
    means: 'Error',
    reason: 'every error of a handler has this errorType; in Lambda it is the name of the error',
  },
];

/** A known difference in a replay that the engine causes. */
export interface ReplayDifference {
  readonly engine: string;
  readonly scenario: string;
  /** Matches all differences of the replay. */
  readonly about: RegExp;
  readonly reason: string;
}

/** Cutovers of which a step fails: each step runs in an execution of its own. */
const A_STEP_FAILS = [
  'cutover-stop-fails',
  'cutover-verify-fails',
  'cutover-resume-fails',
  'replay-switch-fails',
  'replay-rolled-back',
  'replay-rollback-fails',
  'replay-step-returns-no-time',
];

export const REPLAY_DIFFERENCES: readonly ReplayDifference[] = [
  ...A_STEP_FAILS.map((scenario) => ({
    engine: 'moto',
    scenario,
    about: /(error|repairError)\.Cause is "\{\\"ExecutionArn/,
    reason:
      'the cause of a failed child execution is its description as JSON text: moto writes the fields in another order, with blanks, and dates as text',
  })),
  {
    engine: 'moto',
    scenario: 'replay-check-fails-permanently',
    about: /^(leg 1\.output\.result\.reason\.message|execution\.cause) is .*\\\\u/,
    reason:
      'non-ASCII characters in the error of a function are escaped (\\u…); Step Functions and our interpreter pass the error on unchanged',
  },
];

/** A difference of a database from DynamoDB on which the stores do not depend. */
export interface StoreDifference {
  readonly store: string;
  /** The key of PROBES in stores.ts. */
  readonly probe: string;
  readonly reason: string;
}

export const STORE_DIFFERENCES: readonly StoreDifference[] = [
  {
    store: 'dynalite',
    probe: 'rejects unpaired surrogates',
    reason: 'the stores write only well-formed text; their tests assert it',
  },
  {
    store: 'dynalite',
    probe: 'rejects values nested more than 32 levels',
    reason: 'no item has that many levels',
  },
  {
    store: 'dynalite',
    probe: 'supports TTL',
    reason: 'a test of the template asserts the TTL attribute',
  },
  {
    store: 'moto',
    probe: 'rejects values nested more than 32 levels',
    reason: 'no item has that many levels; the same tests pass on ministack, which rejects them',
  },
];
