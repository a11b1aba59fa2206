/** The event that a schedule sends: its projects, or every project that OMS lists. */
import * as v from 'valibot';
import { object, projectId, whole } from './schema';

/** Ids of OMS projects begin with `p_` or `np_`, so none is called `all`. */
export const ALL = 'all';

const PROJECTS = `a list of project ids, one at least, or "${ALL}"`;

export const FleetRequestSchema = object({
  projects: v.pipe(
    v.union([v.literal(ALL), v.pipe(v.array(projectId), v.minLength(1, PROJECTS))], PROJECTS),
    v.transform((projects): FleetProjects => (projects === ALL ? ALL : [...new Set(projects)])),
  ),
  /** Until the schedule's next round. */
  intervalSeconds: whole(1),
});

export type FleetRequest = Readonly<v.InferOutput<typeof FleetRequestSchema>>;

/** Also the key of what the schedule remembers: a schedule with another list starts anew. */
export type FleetProjects = readonly string[] | typeof ALL;
