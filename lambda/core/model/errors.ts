/** The one error family: what kind, may we try again, whose move is it. A migration's or OMS's trouble is a verdict, never one of these. */

export type Mover = 'operator' | 'us' | 'nobody';

export class OmsCutoverError extends Error {
  /** A stable word for programs: also the error name in Step Functions. */
  readonly code: string;
  readonly retryable: boolean;
  readonly mover: Mover;

  constructor(code: string, message: string, options: { retryable?: boolean; mover?: Mover; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = code;
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.mover = options.mover ?? 'operator';
  }
}

/** A setting or an argument is wrong. The message lists every problem, one a line where there are several. */
export class InvalidInput extends OmsCutoverError {
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super('InvalidInput', problems.join('\n'));
    this.problems = problems;
  }
}

/** Our own failure: the store, the disk, a bug. Says nothing about the migration. */
export class CheckFailed extends OmsCutoverError {
  constructor(message: string, cause?: unknown) {
    super('CheckFailed', message, { retryable: true, mover: 'us', cause });
  }
}

/** Somebody pressed Ctrl-C, or the process was told to end. */
export class Interrupted extends OmsCutoverError {
  constructor() {
    super('Interrupted', 'interrupted', { mover: 'operator' });
  }
}
