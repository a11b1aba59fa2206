/**
 * Unbroken series of looks that saw a condition: what graces run over. Time in which nobody looked counts for nothing.
 *
 * Looks that got no answer saw nothing against a status either. They do not add to its series, and for a part of the grace they do not end it:
 * or an OMS that is restarted every night would never let a project be suspended for twelve hours.
 */
import type { Observation, Progress } from '../model/progress';
import { classOf } from '../model/status';
import { hasVanished } from './vanished';

/** Share of a grace that looks without an answer may leave open in a series. */
const MISSED_SHARE = 0.25;

export type SeriesName = 'failed' | 'suspended' | 'unknown' | 'noAnswer' | 'credentials';

export interface Series {
  readonly name: SeriesName;
  /** Unix milliseconds of the first and the last look of the series. */
  readonly since: number;
  readonly last: number;
  readonly polls: number;
  /** Looks since the last one got no answer. */
  readonly missed?: true;
}

/**
 * The conditions a look saw. A refused password is no valid answer either, so that answers which take turns at failing add up. That a project
 * has vanished is an answer, and final: no series of looks makes it any truer.
 */
function conditionsOf(observation: Observation, known: Progress | null): readonly SeriesName[] {
  if (hasVanished(known, observation)) return [];
  if (observation.outcome !== 'OK')
    return observation.outcome === 'OmsRejectedCredentials' ? ['noAnswer', 'credentials'] : ['noAnswer'];
  const statusClass = classOf(observation.progress.status);
  return statusClass === 'failed' || statusClass === 'suspended' || statusClass === 'unknown' ? [statusClass] : [];
}

/**
 * The series after a look: seen conditions go on, or begin where nobody looked in between; all others end.
 * @param known the last progress that OMS gave before this look.
 * @param graces of whoever asks, seconds.
 */
export function nextSeries(
  before: Readonly<Partial<Record<SeriesName, Series>>>,
  observation: Observation,
  known: Progress | null,
  unbroken: boolean,
  graces: StatusGraces,
): Partial<Record<SeriesName, Series>> {
  const saysNothing = observation.outcome !== 'OK' && !hasVanished(known, observation);
  const after: Partial<Record<SeriesName, Series>> = saysNothing && unbroken ? onlyOfStatus(before) : {};
  for (const name of conditionsOf(observation, known)) {
    const earlier = unbroken ? before[name] : undefined;
    const running = earlier !== undefined && !isTornApart(earlier, observation, graces) ? earlier : undefined;
    after[name] =
      running === undefined
        ? { name, since: beginning(name, observation), last: observation.answeredAt, polls: 1 }
        : { name, since: running.since, last: observation.answeredAt, polls: running.polls + 1 };
  }
  return after;
}

/** A look that waits for an answer in vain sees that there is none from its beginning; a status is seen when it is said. */
function beginning(name: SeriesName, { requestedAt, answeredAt }: Observation): number {
  return name === 'noAnswer' || name === 'credentials' ? requestedAt : answeredAt;
}

const OF_STATUS = ['failed', 'suspended', 'unknown'] as const;
export type StatusSeries = (typeof OF_STATUS)[number];
/** Whole seconds. */
export type StatusGraces = Readonly<Record<`${StatusSeries}GraceSeconds`, number>>;

function onlyOfStatus(before: Readonly<Partial<Record<SeriesName, Series>>>): Partial<Record<SeriesName, Series>> {
  const running = OF_STATUS.flatMap((name) => before[name] ?? []);
  return Object.fromEntries(running.map((series) => [series.name, { ...series, missed: true }]));
}

function isTornApart({ name, last, missed }: Series, observation: Observation, graces: StatusGraces): boolean {
  const status = OF_STATUS.find((one) => one === name);
  if (missed !== true || status === undefined) return false;
  return observation.answeredAt - last > graces[`${status}GraceSeconds`] * 1000 * MISSED_SHARE;
}

/** Unix milliseconds at which the graces of statuses end that were seen before a look that got no answer. */
export function statusGracesEnd(series: Readonly<Partial<Record<SeriesName, Series>>>, graces: StatusGraces): number[] {
  return OF_STATUS.flatMap((name) => {
    const running = series[name];
    return running === undefined ? [] : [running.since + graces[`${name}GraceSeconds`] * 1000];
  });
}

/** How late a look may come and still continue a series: half its promise, 3 s at least. */
export function latestPollBy(observedAt: number, promisedSeconds: number): number {
  return observedAt + promisedSeconds * 1000 + Math.max(3_000, promisedSeconds * 500);
}
