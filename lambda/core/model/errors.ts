/** The one error family. What goes wrong in the migration or in OMS is a verdict, never one of these. */

export class OmsCutoverError extends Error {
  /** Stable, for programs: also the error name in Step Functions. */
  readonly code: string;

  constructor(code: string, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = code;
    this.code = code;
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

/** Our own failure (the store, the disk, a bug). It says nothing about the migration. */
export class CheckFailed extends OmsCutoverError {
  constructor(message: string, cause?: unknown) {
    super('CheckFailed', message, { cause });
  }
}

/** Ctrl-C, or a signal to terminate. */
export class Interrupted extends OmsCutoverError {
  constructor() {
    super('Interrupted', 'interrupted');
  }
}
