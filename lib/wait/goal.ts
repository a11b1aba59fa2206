/** Goals in a definition: values, or paths into the data of the execution. */
import { Duration } from 'aws-cdk-lib';
import type { GoalInput } from '../../lambda/contract/goal';
import { LONGEST_SECONDS } from '../../lambda/contract/values/duration';
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
   * The highest lag of the target. A path refers to whole seconds.
   * @default Duration.seconds(30)
   */
  readonly maxLag?: DurationOrPath;
  /**
   * How long the lag must stay within `maxLag`. A path refers to whole seconds.
   * @default Duration.seconds(60)
   */
  readonly hold?: DurationOrPath;
}

export interface DrainedOptions {
  /** The fence: when writes to the source stopped. ISO 8601 with an offset, Unix seconds, or a path to either; best read on the source. */
  readonly writesStoppedAt: string | number;
  /**
   * How far the checkpoint must be past the fence. Set 0 for a fence that was read on the source. A path refers to whole seconds.
   * @default Duration.seconds(10)
   */
  readonly margin?: DurationOrPath;
}

const BOUNDS = [Duration.seconds(0), Duration.seconds(LONGEST_SECONDS)] as const;

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
  for (const name of times) checkSeconds(problems, name, options?.[name], BOUNDS);
  problems.throwIfAny(where);
}

/** The condition that a wait waits for. Invalid options throw InvalidSettings at synthesis. */
export class Goal {
  /** OMS reports the project FINISHED. */
  static finished(): Goal {
    return new Goal({ type: 'FINISHED' });
  }

  /** The full copy is complete, and the lag stays within `maxLag` throughout `hold`. */
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

  /** Every write before the fence has arrived on the target. */
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

  /** OMS was switched over: its reverse checkpoint advances, or it is FINISHED if reverse synchronization is off. */
  static switched(): Goal {
    return new Goal({ type: 'SWITCHED' });
  }

  readonly input: AtSynth<GoalInput>;

  private constructor(input: AtSynth<GoalInput>) {
    this.input = input;
  }
}
