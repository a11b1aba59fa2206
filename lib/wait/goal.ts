/** What a wait waits for, as a pipeline says it: values, or paths into the execution's data. */
import { Duration } from 'aws-cdk-lib';
import { Problems } from '../validation/problems';
import { pathOrValue } from './json-path';

/** A length of time, or a path to a whole number of seconds: `'$.maxLagSeconds'`, or what JsonPath makes of it. */
export type DurationOrPath = Duration | number | string;

export interface SyncedOptions {
  /**
   * How far the target may be behind.
   * @default 30 seconds
   */
  readonly maxLag?: DurationOrPath;
  /**
   * For how long it has to stay within `maxLag`.
   * @default 60 seconds
   */
  readonly hold?: DurationOrPath;
}

export interface DrainedOptions {
  /** The fence: when writes to the source stopped. ISO 8601 with offset, Unix seconds, or a JsonPath to either; best read on the source. */
  readonly writesStoppedAt: string | number;
  /**
   * How far the checkpoint must be past the fence.
   * @default 10 seconds; give 0 where the fence was read on the source itself
   */
  readonly margin?: DurationOrPath;
}

const SYNCED: Readonly<Record<keyof SyncedOptions, true>> = { maxLag: true, hold: true };
const DRAINED: Readonly<Record<keyof DrainedOptions, true>> = { writesStoppedAt: true, margin: true };

/** A misspelt `maxLag` would otherwise be a gate as wide as by default. */
function checkNames(where: string, options: object, known: Readonly<Record<string, true>>): void {
  const problems = new Problems();
  problems.names('it', options, known);
  problems.throwIfAny(where);
}

export class Goal {
  /** OMS reports the project FINISHED. */
  static finished(): Goal {
    return new Goal({ type: 'FINISHED' });
  }

  /** The full copy is done, and incremental synchronisation stays close to the source. */
  static synced(options: SyncedOptions = {}): Goal {
    checkNames('Goal.synced', options, SYNCED);
    return new Goal({
      type: 'SYNCED',
      ...seconds('maxLagSeconds', options.maxLag),
      ...seconds('holdSeconds', options.hold),
    });
  }

  /** Everything that was written before the fence has arrived. */
  static drained(options: DrainedOptions): Goal {
    checkNames('Goal.drained', options, DRAINED);
    return new Goal({
      type: 'DRAINED',
      writesStoppedAt: pathOrValue(options.writesStoppedAt),
      ...seconds('marginSeconds', options.margin),
    });
  }

  /** OMS itself was switched over: its reverse checkpoint moves, or it is FINISHED where reverse synchronisation is off. */
  static switched(): Goal {
    return new Goal({ type: 'SWITCHED' });
  }

  /** As the wait's input carries it. */
  readonly input: Readonly<Record<string, unknown>>;

  private constructor(input: Record<string, unknown>) {
    this.input = input;
  }
}

/** Nothing where nothing was given: the defaults live in the handler, once. */
export function seconds(name: string, value: DurationOrPath | undefined): Record<string, unknown> {
  if (value === undefined) return {};
  return { [name]: value instanceof Duration ? value.toSeconds() : pathOrValue(value) };
}
