/** A change for programs, as queues and functions receive it. Its schema is docs/change-event.schema.json. */

import type { Goal } from '../../contract/goal';
import type { FailedOutcome, Importance, OmsWords } from '../../contract/oms';
import { iso } from '../../contract/values/duration';
import { cut, plain, plainLine } from '../../contract/values/text';
import { type Change, type ChangeKind, importanceOf, type RollbackPathLoss, sinceOf } from '../model/change';
import type { Links } from './links';
import type { ChangeWords } from './words';

/** The first number changes where a program that reads events could break; fields may be added without. */
export const CHANGE_EVENT_VERSION = '2.0';

export interface ChangeEvent {
  readonly version: typeof CHANGE_EVENT_VERSION;
  /** The same in every repetition. */
  readonly changeId: string;
  /** 1, 2, 3 … within the project. */
  readonly sequence: number;
  readonly project: string;
  readonly change: ChangeKind;
  /** ISO 8601. */
  readonly at: string;
  /** ISO 8601: since when the condition, or the previous status, held. */
  readonly since: string | null;
  /** OMS statuses; null unless `change` is `status`. */
  readonly from: string | null;
  readonly to: string | null;
  readonly status: string | null;
  readonly step: string | null;
  readonly importance: Importance | null;
  /** Percent. */
  readonly structProgress: number | null;
  readonly fullProgress: number | null;
  readonly lagSeconds: number | null;
  /** ISO 8601. */
  readonly eta: string | null;
  readonly params: EventParams;
  /** As in the e-mail. */
  readonly subject: string;
  readonly detail: string | null;
  readonly advice: string;
  /** OMS's own words, free of control characters. */
  readonly oms: OmsWords;
  readonly links: Links;
}

/** Facts of one kind of change that no other field has. What others wrote is in `detail`, cut to a length. */
export interface EventParams {
  /** Of `unreachable`. */
  readonly outcome?: FailedOutcome;
  /** Of `stalled`, and of a lost rollback path whose checkpoint stands still. */
  readonly stillSeconds?: number;
  /** Of `lagging` and `caught-up`. */
  readonly thresholdSeconds?: number;
  /** Of `expiring`; 0 or less where the time is over. */
  readonly leftSeconds?: number;
  /** Of `goal-met`. */
  readonly goal?: Goal['type'];
  /** Of a change of the console (`project` is `oms`): the projects that it concerns, 100 at most, and how many there are. */
  readonly projects?: readonly string[];
  readonly projectCount?: number;
  /** Of `rollback-path-lost`. */
  readonly cause?: RollbackPathLoss['cause'];
}

export function eventOf(change: Change, { detail, advice }: ChangeWords, subject: string, links: Links): ChangeEvent {
  const { kind, eta } = change;
  const since = sinceOf(change);
  const word = (text: string | null) => (text === null ? null : plain(text, 64));
  return {
    version: CHANGE_EVENT_VERSION,
    changeId: change.id,
    sequence: change.sequence,
    project: plain(change.project, 128),
    change: kind,
    at: iso(change.at),
    since: since === null ? null : iso(since),
    from: kind === 'status' ? word(change.params.from) : null,
    to: kind === 'status' ? word(change.params.to) : null,
    status: word(change.status),
    step: word(change.step),
    importance: importanceOf(change),
    structProgress: change.structProgress,
    fullProgress: change.fullProgress,
    lagSeconds: change.lagSeconds,
    eta: eta === null ? null : iso(eta),
    params: {
      ...paramsOf(change),
      ...(change.affected === undefined
        ? {}
        : { projects: change.affected.projects.map((id) => plain(id, 128)), projectCount: change.affected.total }),
    },
    subject,
    detail: detail.length === 0 ? null : linesOf(detail.join('\n')),
    advice: plain(advice, 1_400),
    oms: Object.fromEntries(
      Object.entries(change.said).map(([name, words]: [string, string]) => [name, plain(words, 500)]),
    ),
    links,
  };
}

function paramsOf({ kind, params }: Change): EventParams {
  switch (kind) {
    case 'unreachable':
      return { outcome: params.outcome };
    case 'stalled':
    case 'rollback-path-lost':
      return params;
    case 'lagging':
    case 'caught-up':
      return { thresholdSeconds: params.thresholdSeconds };
    case 'expiring':
      return { leftSeconds: params.leftSeconds };
    case 'goal-met':
      return { goal: params.goal };
    default:
      return {};
  }
}

/** A message goes out once for each kind of subscriber, and SNS takes 256 KiB in all. */
const MAX_DETAIL = 4_000;

function linesOf(text: string): string {
  const lines = cut(text, MAX_DETAIL).split('\n');
  return lines.map((line) => plainLine(line, MAX_DETAIL)).join('\n');
}
