/**
 * How hard one round presses on OMS, and when it stops asking.
 *
 * The first poll goes alone. Each valid answer allows one more poll beside the others, up to the round's limit; each poll without an answer halves
 * them. An OMS that is slow or asks to slow down (429, 503) thus gets as many polls as it can answer.
 * Where polls that went alone get no answer either, OMS is down; and where it rejects the account before it has accepted it, the next login could
 * lock the account. Then what the last poll found holds for the rest of the round, which sends nothing more.
 */
import { mayBeConsoles } from '../check/console';
import type { Observation } from '../model/progress';
import type { Clock, Oms } from '../ports';

/** Polls in a row, each alone, after which OMS counts as down. */
const ALONE_WITHOUT_ANSWER = 3;
/** First pause after a 429 or 503 without a Retry-After, doubled with each that follows; and the longest pause of either kind. */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 20_000;

export class RoundLoad {
  private readonly oms: Oms;
  private readonly clock: Clock;
  private readonly most: number;
  private allowed = 1;
  /** Until the first failure each answer allows one more: the first hundred projects should not wait for a slow start. */
  private hasFailed = false;
  private hasAnswered = false;
  private aloneWithoutAnswer = 0;
  private rejectedInARow = 0;
  private pauses = 0;
  private pausedUntil = 0;
  private verdict: Failed | null = null;
  private answer: Observation | null = null;
  private failure: Observation | null = null;
  private readonly overloadedFor = new Set<string>();

  /** @param most polls beside each other. */
  constructor(oms: Oms, clock: Clock, most: number) {
    this.oms = oms;
    this.clock = clock;
    this.most = most;
  }

  /** How many polls may run beside each other now. */
  get limit(): number {
    return this.verdict === null ? Math.max(1, Math.floor(this.allowed)) : this.most;
  }

  /** What OMS as a whole does to every poll of this round; null while it answers. */
  get downAs(): Failed | null {
    return this.verdict;
  }

  /** Until when OMS has asked not to be asked, milliseconds from now. */
  pauseMs(): number {
    return this.verdict === null ? Math.max(0, this.pausedUntil - this.clock.now()) : 0;
  }

  /** What the round found of OMS as a whole; null where it found nothing: OMS answers as soon as it has answered for one project. */
  lastWord(): Observation | null {
    return this.verdict?.observation ?? this.answer ?? this.failure;
  }

  /** Projects whose poll OMS turned away because it had too much to do. */
  turnedAway(): readonly string[] {
    return [...this.overloadedFor];
  }

  /** The same port for the checks of the round. */
  readonly guarded: Oms = {
    poll: async (project, hint) => {
      if (this.verdict !== null) return sharedWith(this.verdict, project);
      const wentAlone = this.limit === 1;
      const observation = await this.oms.poll(project, hint);
      if (observation.outcome !== 'OK' && observation.retryAfterMs !== undefined) this.overloadedFor.add(project);
      else this.overloadedFor.delete(project);
      if (observation.outcome === 'OK') this.answer = observation;
      else if (mayBeConsoles(observation)) this.failure = observation;
      this.learn(observation, project, wentAlone);
      return observation;
    },
  };

  private learn(observation: Observation, project: string, wentAlone: boolean): void {
    if (observation.outcome === 'OmsRejectedCredentials') {
      this.rejectedInARow += 1;
      this.slowDown();
      // Once OMS has accepted the account, one rejection may concern one project only.
      if (!this.hasAnswered || (wentAlone && this.rejectedInARow > 1)) this.verdict ??= { observation, project };
      return;
    }
    if (observation.outcome !== 'OmsUnreachable') {
      this.hasAnswered = true;
      this.rejectedInARow = 0;
      this.aloneWithoutAnswer = 0;
      this.pauses = 0;
      this.allowed = Math.min(this.most, this.allowed + (this.hasFailed ? 1 / this.allowed : 1));
      return;
    }
    this.slowDown();
    if (observation.retryAfterMs !== undefined) {
      const pause = Math.max(observation.retryAfterMs, FIRST_PAUSE_MS * 2 ** this.pauses);
      this.pauses = Math.min(this.pauses + 1, 10);
      this.pausedUntil = Math.max(this.pausedUntil, observation.answeredAt + Math.min(LONGEST_PAUSE_MS, pause));
    }
    if (!wentAlone) return;
    this.aloneWithoutAnswer += 1;
    if (this.aloneWithoutAnswer >= ALONE_WITHOUT_ANSWER) this.verdict ??= { observation, project };
  }

  private slowDown(): void {
    this.hasFailed = true;
    this.allowed = Math.max(1, this.allowed / 2);
  }
}

/** A failed poll, and whose it was. */
export interface Failed {
  readonly observation: Exclude<Observation, { outcome: 'OK' }>;
  readonly project: string;
}

/** A fact of the console is a fact of each of its projects; its times are those of the poll that found it. */
function sharedWith({ observation, project: asked }: Failed, project: string): Observation {
  if (project === asked) return observation;
  return {
    ...observation,
    anomalies: [],
    said: {},
    problem: `${observation.problem} (asked for ${asked} in this round, not again for this project)`,
  };
}
