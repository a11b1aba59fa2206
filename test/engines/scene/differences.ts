/** Where an engine is known to differ from AWS or from us, each with its reason. One that no longer occurs fails the run: it is to be removed. */

/** Something that an engine says in other words: in its answers, and in all that is made of them. */
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
    reason:
      "it gives every error of a handler this errorType; Lambda gives the error's own name, and moto with our process of Node too",
  },
];

/** In which a replay differs, where that is known and not ours to change. */
export interface ReplayDifference {
  readonly engine: string;
  readonly scenario: string;
  /** What all that differs is about. */
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
    scenario: 'replay-check-fails-for-good',
    about: /^(leg 1\.output\.result\.reason\.message|execution\.cause) is .*\\\\u/,
    reason:
      "it writes letters beyond ASCII in a function's error as \\u…; Step Functions hands the function's answer on as it is, and so do we",
  },
];

/** What a database does that DynamoDB does not. Nothing of ours builds on it: the tests of the stores pass on all three. */
export interface StoreDifference {
  readonly store: string;
  /** The key of PROBES in stores.ts. */
  readonly probe: string;
  readonly reason: string;
}

export const STORE_DIFFERENCES: readonly StoreDifference[] = [
  {
    store: 'dynalite',
    probe: 'refuses half a surrogate pair',
    reason: 'it stores any text; what the stores write is made well-formed before, and a test of theirs holds that',
  },
  {
    store: 'dynalite',
    probe: 'refuses values nested more than 32 deep',
    reason: 'it does not count; no item of ours is nested so deep',
  },
  {
    store: 'dynalite',
    probe: 'lets items expire',
    reason: 'it has no calls of TTL; that items expire is asserted on the template',
  },
  {
    store: 'moto',
    probe: 'refuses values nested more than 32 deep',
    reason: 'it does not count; ministack does, and passes the same tests',
  },
];
