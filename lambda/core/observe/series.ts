/**
 * Unbroken series of polls that saw a condition, which grace periods run over: time without polls does not count.
 *
 * A poll without an answer is no evidence against a status. It does not extend the series of a status, and ends it only after a part of the
 * grace period: an OMS that restarts every night must not keep a suspended project from ever failing a wait.
 */
import type { Series, SeriesByName, SeriesName } from '../model/project-state';
import type { Reading } from './assessment';

/** Share of a grace period for which polls without an answer do not end a series. */
const MISSED_SHARE = 0.25;

const OF_STATUS = ['failed', 'suspended', 'unknown'] as const;
type StatusSeries = (typeof OF_STATUS)[number];
/** Whole seconds. */
export type StatusGraces = Readonly<Record<`${StatusSeries}GraceSeconds`, number>>;

/** Rejected credentials are no valid answer either, so that failures of both kinds add up. A vanished project is an answer, and final. */
function conditionsOf({ outcome, statusClass, hasVanished }: Reading): readonly SeriesName[] {
  if (hasVanished) return [];
  if (outcome !== 'OK') return outcome === 'OmsRejectedCredentials' ? ['noAnswer', 'credentials'] : ['noAnswer'];
  return OF_STATUS.filter((name) => name === statusClass);
}

/** The conditions that the poll saw continue, or begin anew after a time without polls; all others end. */
export function nextSeries(
  before: SeriesByName,
  reading: Reading,
  unbroken: boolean,
  graces: StatusGraces,
): SeriesByName {
  const hasAnswer = reading.outcome === 'OK' || reading.hasVanished;
  const after: Partial<Record<SeriesName, Series>> = !hasAnswer && unbroken ? onlyOfStatus(before) : {};
  for (const name of conditionsOf(reading)) {
    const earlier = unbroken ? before[name] : undefined;
    const { since, polls } =
      earlier === undefined || hasMissedTooMuch(earlier, reading, graces)
        ? { since: beginning(name, reading), polls: 0 }
        : earlier;
    after[name] = { name, since, last: reading.answeredAt, polls: polls + 1 };
  }
  return after;
}

/** An outage begins with the request that got no answer; a status is known from the reply on. */
function beginning(name: SeriesName, { requestedAt, answeredAt }: Reading): number {
  return name === 'noAnswer' || name === 'credentials' ? requestedAt : answeredAt;
}

function onlyOfStatus(before: SeriesByName): SeriesByName {
  const running = OF_STATUS.flatMap((name) => before[name] ?? []);
  return Object.fromEntries(running.map((series) => [series.name, { ...series, missed: true }]));
}

function hasMissedTooMuch({ name, last, missed }: Series, { answeredAt }: Reading, graces: StatusGraces): boolean {
  const status = OF_STATUS.find((one) => one === name);
  if (missed !== true || status === undefined) return false;
  return answeredAt - last > graces[`${status}GraceSeconds`] * 1000 * MISSED_SHARE;
}

/** Unix milliseconds at which the grace periods end of statuses seen before a poll that got no answer. */
export function statusGracesEnd(series: SeriesByName, graces: StatusGraces): number[] {
  return OF_STATUS.flatMap((name) => {
    const running = series[name];
    return running === undefined ? [] : [running.since + graces[`${name}GraceSeconds`] * 1000];
  });
}

/** How late a poll may come and still continue a series: half its interval, 3 s at least. */
export function latestPollBy(observedAt: number, intervalSeconds: number): number {
  return observedAt + intervalSeconds * 1000 + Math.max(3_000, intervalSeconds * 500);
}
