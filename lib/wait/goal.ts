/** What a wait waits for, in a definition: values, or paths into the execution's data. */
import type { GoalInput } from '../../lambda/contract/goal';
import { Problems } from '../validation/problems';
import {
  type AtSynth,
  checkSeconds,
  type DurationOrPath,
  defined,
  type FieldsAtSynth,
  pathOrValue,
  secondsOf,
} from './json-path';

type GoalOf<T extends GoalInput['type']> = Extract<GoalInput, { type: T }>;

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

/** A misspelt `maxLag` would otherwise mean the default. */
function checkOptions<T extends string>(
  where: string,
  options: Readonly<Partial<Record<T, DurationOrPath>>>,
  known: Readonly<Record<string, true>>,
  times: readonly T[],
): void {
  const problems = new Problems();
  problems.names('the goal', options, known);
  for (const name of times) checkSeconds(problems, name, options?.[name]);
  problems.throwIfAny(where);
}

export class Goal {
  /** OMS reports the project FINISHED. */
  static finished(): Goal {
    return new Goal({ type: 'FINISHED' });
  }

  /** The full copy is done, and incremental synchronisation stays close to the source. */
  static synced(options: SyncedOptions = {}): Goal {
    checkOptions('Goal.synced', options, SYNCED, ['maxLag', 'hold']);
    return new Goal(
      defined<FieldsAtSynth<GoalOf<'SYNCED'>>>({
        type: 'SYNCED',
        maxLagSeconds: secondsOf(options.maxLag),
        holdSeconds: secondsOf(options.hold),
      }),
    );
  }

  /** Everything that was written before the fence has arrived. */
  static drained(options: DrainedOptions): Goal {
    checkOptions('Goal.drained', options, DRAINED, ['margin']);
    return new Goal(
      defined<FieldsAtSynth<GoalOf<'DRAINED'>>>({
        type: 'DRAINED',
        writesStoppedAt: pathOrValue(options.writesStoppedAt),
        marginSeconds: secondsOf(options.margin),
      }),
    );
  }

  /** OMS itself was switched over: its reverse checkpoint moves, or it is FINISHED where reverse synchronisation is off. */
  static switched(): Goal {
    return new Goal({ type: 'SWITCHED' });
  }

  readonly input: AtSynth<GoalInput>;

  private constructor(input: AtSynth<GoalInput>) {
    this.input = input;
  }
}
