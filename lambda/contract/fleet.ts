/** The event that a schedule sends: its projects, or every project that OMS lists. */

/** Ids of OMS projects begin with `p_` or `np_`, so none is called `all`. */
export const ALL = 'all';

/** Also the key of what the schedule remembers: a schedule with another list starts anew. */
export type FleetProjects = readonly string[] | typeof ALL;

export interface FleetRequest {
  readonly projects: FleetProjects;
  /** Whole seconds until the schedule's next round. */
  readonly intervalSeconds: number;
}
