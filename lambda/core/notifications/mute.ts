/**
 * Mutes a project for a maintenance window: its changes stay pending, and the first delivery after the window sends one summary.
 * Order of effects: the window is part of the project state. At its end the summary replaces the pending changes in the conditional write
 * that takes the lease, so that a crash leaves either all of them pending or the summary, and never neither. The summary has the sequence of
 * its last change and an id of its own: it is sent, repeated and cleared like any other change.
 */

import { projectIdProblem } from '../../contract/project-id';
import { plain } from '../../contract/text';
import { type Change, type SummedUp, standing } from '../model/change';
import { iso } from '../model/duration';
import { CheckFailed, InvalidInput } from '../model/errors';
import { show } from '../model/fields';
import { initialState, MAX_CONFLICTS, type ProjectState } from '../model/project-state';
import type { Clock, Store } from '../ports';

/** A forgotten mute must end by itself. */
export const LONGEST_MUTE_SECONDS = 7 * 86_400;
/** As many lines as an e-mail and an event have room for. */
const MAX_SUMMED_UP = 50;

export interface MuteRequest {
  readonly projectId: string;
  /** 0 ends a window now. */
  readonly forSeconds: number;
}

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

/** @throws InvalidInput that names every problem. */
export function readMuteRequest(value: unknown): MuteRequest {
  const { projectId, forSeconds, ...others } =
    typeof value === 'object' && value !== null ? { ...value } : ({} as Fields);
  const problems: string[] = [];
  const idProblem = typeof projectId === 'string' ? projectIdProblem(projectId) : 'it is no text';
  if (idProblem !== null) problems.push(`mute.projectId must be the id of a project: ${idProblem}`);
  const whole = typeof forSeconds === 'number' && Number.isInteger(forSeconds);
  if (!whole || forSeconds < 0 || forSeconds > LONGEST_MUTE_SECONDS)
    problems.push(
      `mute.forSeconds must be a whole number from 0 (ends it) to ${LONGEST_MUTE_SECONDS}, got ${show(forSeconds, 40)}`,
    );
  for (const name of Object.keys(others)) problems.push(`mute.${plain(name, 40)} is not known`);
  if (problems.length > 0) throw new InvalidInput(problems);
  return { projectId: projectId as string, forSeconds: forSeconds as number };
}

interface Fields extends Record<string, unknown> {
  readonly projectId?: unknown;
  readonly forSeconds?: unknown;
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
    },
  ];
}

/** A line of a summary has no room for what OMS said. */
function withoutWords(change: SummedUp): SummedUp {
  return { ...change, said: {} };
}
