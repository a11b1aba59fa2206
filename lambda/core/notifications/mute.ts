/**
 * Mutes a project for a maintenance window: its changes stay pending, and the first delivery after the window sends one summary.
 * Order of effects: the window is part of the project state. At its end the summary replaces the pending changes in the conditional write
 * that takes the lease, so that a crash leaves either all of them pending or the summary, and never neither. The summary has the sequence of
 * its last change and an id of its own: it is sent, repeated and cleared like any other change.
 */

import { LONGEST_MUTE_SECONDS, type MuteRequest } from '../../contract/requests/events';
import { iso } from '../../contract/values/duration';
import { type Change, type SummedUp, standing } from '../model/change';
import { CheckFailed } from '../model/errors';
import { initialState, MAX_CONFLICTS, type ProjectState } from '../model/project-state';
import type { Clock, Store } from '../ports';

/** As many lines as an e-mail and an event have room for. */
const MAX_SUMMED_UP = 50;

export interface MuteReply {
  readonly projectId: string;
  /** ISO 8601; null when the project is not muted. */
  readonly mutedUntil: string | null;
  /** Changes that are not sent yet. */
  readonly pending: number;
}

export interface MutePorts {
  readonly store: Store;
  readonly clock: Clock;
  readonly newId: () => string;
}

/** An end further away than the longest window was set by a wrong clock. */
export function isMuted({ mutedUntil }: ProjectState, now: number): boolean {
  return mutedUntil !== undefined && now < mutedUntil && mutedUntil <= now + LONGEST_MUTE_SECONDS * 1000 + 60_000;
}

/** Sets the end of the window, or ends it now. Idempotent. @throws CheckFailed when the store fails. */
export async function mute({ projectId, forSeconds }: MuteRequest, ports: MutePorts): Promise<MuteReply> {
  const now = ports.clock.now();
  const until = now + forSeconds * 1000;
  for (let conflicts = 0; conflicts <= MAX_CONFLICTS; conflicts += 1) {
    const before = (await ports.store.readState(projectId)) ?? initialState(projectId);
    const reply = {
      projectId,
      mutedUntil: forSeconds === 0 ? null : iso(until),
      pending: before.pending.length,
    };
    // True also after a write of ours whose answer was lost.
    const nothingToDo = forSeconds === 0 ? !isMuted(before, now) : before.mutedUntil === until;
    if (nothingToDo) return reply;
    const next: ProjectState = {
      ...before,
      version: before.version + 1,
      writeId: `${ports.newId()}/mute`,
      mutedUntil: until,
    };
    if ((await ports.store.putState(next, { expectedVersion: before.version })) === 'stored') return reply;
  }
  throw new CheckFailed(`the state of ${projectId} changed ${MAX_CONFLICTS} times in a row while it was muted`);
}

/** The state after its window: each run of changes becomes a summary, a single one stays. A cutover's notices keep messages of their own. */
export function afterMute(projectState: ProjectState, now: number): ProjectState {
  const { mutedUntil, ...rest } = projectState;
  if (mutedUntil === undefined) return projectState;
  const pending: Change[] = [];
  let run: Summable[] = [];
  for (const change of projectState.pending) {
    if (change.kind !== 'cutover') run.push(change);
    else {
      pending.push(...summedUp(run, projectState, now), change);
      run = [];
    }
  }
  return { ...rest, pending: [...pending, ...summedUp(run, projectState, now)] };
}

type Summable = Exclude<Change, { readonly kind: 'cutover' }>;

function summedUp(run: readonly Summable[], { project, progress }: ProjectState, now: number): readonly Change[] {
  const last = run.at(-1);
  if (last === undefined || run.length === 1) return run;
  // A summary that was never sent goes into the next one.
  const changes = run.flatMap((change) => (change.kind === 'summary' ? change.params.changes : [withoutWords(change)]));
  const before = run.reduce((sum, change) => sum + (change.kind === 'summary' ? change.params.omitted : 0), 0);
  const dropped = Math.max(0, changes.length - MAX_SUMMED_UP);
  return [
    {
      id: `${last.id}/summary`,
      sequence: last.sequence,
      project,
      kind: 'summary',
      params: { changes: changes.slice(dropped), omitted: before + dropped },
      at: now,
      ...standing(progress),
      lagSeconds: null,
      eta: null,
      said: last.said,
      anomalies: [],
    },
  ];
}

/** A line of a summary has no room for what OMS said. */
function withoutWords(change: SummedUp): SummedUp {
  return { ...change, said: {}, anomalies: [] };
}
