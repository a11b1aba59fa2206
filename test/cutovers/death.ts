/** One way in which a cutover is cut short, at one of the states of its machines. */
import type { Random } from '../../local/random';
import type { Definition } from '../../local/step-functions/definition';
import { StateError } from '../../local/step-functions/retry';
import type { MachineKind } from './world';

/** The ways: how an execution ends, what becomes of the event of its end, or what else goes wrong. */
export const DEATHS = [
  'abort',
  'timeout',
  'runtime',
  'dataLimit',
  'eventLost',
  'eventTwice',
  'gone',
  'throttled',
  'redriven',
  'lateStop',
] as const;
export type DeathMode = (typeof DEATHS)[number];

const ENDS = ['abort', 'timeout', 'runtime', 'dataLimit'] as const;

/** Functions are throttled for this long. */
export const THROTTLED_MS = 120_000;

export class Death {
  readonly mode: DeathMode;
  /** How the execution ends; null where it is not ended from outside. */
  readonly end: (typeof ENDS)[number] | null;
  /** The state that was entered; null before, and where it never came to that. */
  struck: string | null = null;
  private readonly at: string | number;
  private readonly strike: () => void;
  private entered = 0;

  /** @param strike ends the execution of the pipeline, or begins to throttle. */
  constructor(random: Random, definitions: readonly Definition[], strike: () => void) {
    this.mode = random.pick(DEATHS);
    const endsItself = this.mode === 'throttled' || this.mode === 'lateStop';
    this.end = ENDS.find((end) => end === this.mode) ?? (endsItself ? null : random.pick(ENDS));
    // By its place in the sequence, for the states that most cutovers enter; by its name, for the others.
    this.at = random.chance(0.75) ? random.whole(1, 60) : random.pick(definitions.flatMap(statesOf));
    this.strike = strike;
  }

  /** @throws StateError where it ends the execution that enters the state. */
  onState(machine: MachineKind, state: string): void {
    if (this.struck !== null || this.mode === 'lateStop' || machine === 'leg') return;
    this.entered += 1;
    if (this.at !== state && this.at !== this.entered) return;
    this.struck = state;
    if (this.end === 'runtime') throw final('States.Runtime');
    if (this.end === 'dataLimit') throw final('States.DataLimitExceeded');
    this.strike();
  }
}

function final(name: string): StateError {
  return new StateError(name, 'injected', { final: true });
}

function statesOf({ States }: Definition): string[] {
  return Object.entries(States).flatMap(([name, { Branches = [] }]) => [name, ...Branches.flatMap(statesOf)]);
}
