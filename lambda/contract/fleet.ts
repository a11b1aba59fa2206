/** The event of the schedule, and how a large fleet is divided: the stack decides it at synthesis, the function follows. */
import * as v from 'valibot';
import { MOMENT, parseMoment } from './values/moment';
import { object, projectId, seconds, whole } from './values/schema';

/** A list as small as this is polled at once: a console answers it in seconds, and more invocations would cost more than they spare. */
export const SMALL_FLEET = 200;

/**
 * Projects that one invocation polls in a turn. At 256 MB a check takes about 25 ms of CPU time (1,000 of them 20 to 32 s), so that these take half
 * of the shortest turn, a minute.
 */
const PROJECTS_PER_INVOCATION = 800;

/** How many invocations a list of this length needs in a turn. */
export function partsFor(projects: number, turns: number): number {
  return Math.max(1, Math.ceil(projects / turns / PROJECTS_PER_INVOCATION));
}

/** Unix milliseconds. */
const moment = v.pipe(
  v.string(MOMENT),
  v.check(
    (text) => parseMoment(text) !== null,
    ({ input }) => `turn.at must be ${MOMENT}, got "${input}"`,
  ),
  v.transform((text) => parseMoment(text) ?? 0),
);

/** Ids of OMS projects begin with `p_` or `np_`, so none has these names. */
export const ALL = 'all';
/** The projects in the file that is deployed with the function: more than a schedule's input has room for. */
export const LISTED = 'listed';

const PROJECTS = `a list of project ids, one at least, "${ALL}" or "${LISTED}"`;

export const FleetRequestSchema = object({
  projects: v.pipe(
    v.union([v.literal(ALL), v.literal(LISTED), v.pipe(v.array(projectId), v.minLength(1, PROJECTS))], PROJECTS),
    v.transform((projects): FleetProjects => (typeof projects === 'string' ? projects : [...new Set(projects)])),
  ),
  /** Until the same project's next poll. */
  intervalSeconds: seconds(1),
  /**
   * The schedule comes `of` times in an interval, each time for another share of the projects; `at` is the time for which it was scheduled, which
   * a late delivery or a retry does not change. Absent: all projects now.
   */
  turn: v.exactOptional(object({ at: moment, of: whole(1) })),
  /** One of the invocations that a round was divided into. */
  part: v.exactOptional(object({ index: whole(0), of: whole(1) })),
});

export type FleetRequest = Readonly<v.InferOutput<typeof FleetRequestSchema>>;
/** The event as it is sent. */
export type FleetEvent = Readonly<Omit<v.InferInput<typeof FleetRequestSchema>, 'projects'>> & {
  readonly projects: FleetProjects;
};

export type FleetProjects = readonly string[] | typeof ALL | typeof LISTED;

/** EventBridge Scheduler replaces it in a schedule's input: ISO 8601, to the second. */
export const SCHEDULED_TIME = '<aws.scheduler.scheduled-time>';
