/**
 * Silence for a maintenance window: changes are kept and not sent; the first write after its end that could tell them sums them up.
 * Order of effects: the window stands in latest. At its end the pending changes are replaced by their summary in the same conditional write
 * that takes the lease, so that a crash leaves either all of them pending or the summary, and never neither. The summary bears the last
 * sequence it sums up and an id of its own: it is told, repeated and cleared like any other change.
 */

import { IMPORTANCES } from '../../contract/oms';
import { projectIdProblem } from '../../contract/project-id';
import { plain } from '../../contract/text';
import { type Change, importanceOf, standing } from '../model/change';
import { iso } from '../model/duration';
import { CheckFailed, InvalidInput } from '../model/errors';
import { show } from '../model/fields';
import { MAX_CONFLICTS, type ProjectState } from '../model/project-state';
import { initialState } from '../observe/observe';
import type { Clock, Store } from '../ports';
import { adviceOn } from './advice';
import { headline } from './headline';

/** A mute that somebody forgot must end by itself. */
export const LONGEST_MUTE_SECONDS = 7 * 86_400;
/** As many lines of this length as a mail and an event have room for. */
const MAX_LINES = 50;
const MAX_LINE = 78;

export interface MuteRequest {
  readonly projectId: string;
  /** 0 ends a window now. */
  readonly forSeconds: number;
}

export interface MuteReply {
  readonly projectId: string;
  /** ISO 8601; null when the project is not muted any more. */
  readonly mutedUntil: string | null;
  /** Changes that wait to be told. */
  readonly pending: number;
}

export interface MutePorts {
  readonly store: Store;
  readonly clock: Clock;
  readonly newId: () => string;
}

/** Further away than any window can be, its end was set by a clock that was wrong. */
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

/** Sets the window's end, or ends it now; the same again changes nothing but the end. @throws CheckFailed for the store's trouble. */
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
    // Also how a lost answer to our own write is recognised.
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
  throw new CheckFailed(`the latest item of ${projectId} changed ${MAX_CONFLICTS} times in a row while it was muted`);
}

/** The item once its window is over: each run of changes summed up, one alone as it is. What a cutover asks keeps a message of its own. */
export function afterMute(projectState: ProjectState, now: number): ProjectState {
  const { mutedUntil, ...rest } = projectState;
  if (mutedUntil === undefined) return projectState;
  const pending: Change[] = [];
  let run: Change[] = [];
  for (const change of projectState.pending) {
    if (change.kind !== 'cutover') run.push(change);
    else {
      pending.push(...summedUp(run, projectState, now), change);
      run = [];
    }
  }
  return { ...rest, pending: [...pending, ...summedUp(run, projectState, now)] };
}

function summedUp(run: readonly Change[], { project, progress }: ProjectState, now: number): readonly Change[] {
  const last = run.at(-1);
  if (last === undefined || run.length === 1) return run;
  const lines = run.flatMap(linesOf);
  const status = progress?.status ?? null;
  const dropped = lines.length - MAX_LINES;
  const kept =
    dropped > 0 ? [`and ${dropped + 1} before these: see the history`, ...lines.slice(1 - MAX_LINES)] : lines;
  return [
    {
      id: `${last.id}/summary`,
      sequence: last.sequence,
      project,
      kind: 'summary',
      at: now,
      detail: kept.join('\n'),
      notice: {
        headline: `${lines.length} changes while muted${status === null ? '' : `, now ${plain(status, 64)}`}`,
        advice: `read what happened in this order; to the last of it: ${adviceOn(last)}`,
        importance: greatest(run),
      },
      ...standing(progress),
      lagSeconds: null,
      eta: null,
      said: last.said,
    },
  ];
}

/** `3  2026-11-23 03:12 UTC  FAILED (was RUNNING 3 h)`; of a summary that was never sent, its lines. */
function linesOf(change: Change): readonly string[] {
  if (change.kind === 'summary') return (change.detail ?? '').split('\n');
  const at = `${iso(change.at).slice(0, 16).replace('T', ' ')} UTC`;
  return [plain(`${change.sequence}: ${at}: ${headline(change)}`, MAX_LINE)];
}

function greatest(run: readonly Change[]) {
  const all = run.map((change) => importanceOf(change) ?? 'MEDIUM');
  return IMPORTANCES.find((importance) => all.includes(importance)) ?? 'MEDIUM';
}
