/** The fence of a cutover: read on the source by the step that stopped writes, or else our own time after it, with a margin. */

import { parseMoment } from '../../contract/moment';
import { show } from '../../contract/text';
import { formatDuration, iso } from '../model/duration';
import { OmsCutoverError } from '../model/errors';
import type { ProjectState } from '../model/project-state';
import { PLAUSIBLE_FUTURE_MS } from '../observe/lag';
import type { Fence } from './record';

/** A fence further off the time of its step than this was not read in it: a stale one would open the gate too early. */
const FENCE_TOLERANCE_MS = 5 * 60_000;

/** Where a step's output may hold it: said plainly, or as a Lambda task gives it. */
const USUAL_PATHS = ['writesStoppedAt', 'Payload.writesStoppedAt'];

/**
 * @param path dotted, from the step's output; undefined: the usual places.
 * @throws OmsCutoverError FenceUnreadable for a path that leads nowhere, a time that is none, or one that the step cannot have read.
 */
export function readFence(
  output: unknown,
  path: string | undefined,
  step: { readonly startedAt: number; readonly now: number; readonly aheadMs: number; readonly marginSeconds: number },
): Fence {
  const found = (path === undefined ? USUAL_PATHS : [path])
    .map((each) => at(output, each))
    .find((value) => value !== undefined);
  if (found === undefined) {
    if (path !== undefined) throw unreadable(`the output of stopWrites has nothing at ${path}`);
    if (step.aheadMs > PLAUSIBLE_FUTURE_MS) {
      throw unreadable(
        `the source's clock seems to be ${formatDuration(step.aheadMs / 1000)} ahead of ours, so our own time is no fence: have stopWrites return writesStoppedAt, read on the source`,
      );
    }
    // Never without a margin: the gate takes a fence that has none for one of the source's own clock (judge.ts).
    const marginSeconds = Math.max(1, step.marginSeconds);
    return { writesStoppedAt: iso(step.now + step.aheadMs), readBy: 'clock', marginSeconds };
  }
  const moment = typeof found === 'string' || typeof found === 'number' ? parseMoment(String(found)) : null;
  if (moment === null) {
    throw unreadable(`stopWrites gave writesStoppedAt ${show(found)}, needs ISO 8601 with an offset or Unix seconds`);
  }
  if (moment < step.startedAt - FENCE_TOLERANCE_MS || moment > step.now + FENCE_TOLERANCE_MS) {
    throw unreadable(
      `stopWrites gave writesStoppedAt ${iso(moment)}, more than 5 min away from its own run (${iso(step.startedAt)} to ${iso(step.now)})`,
    );
  }
  return { writesStoppedAt: iso(moment), readBy: 'step', marginSeconds: 0 };
}

/** By how much the source's clock is ahead of ours at the least: its checkpoint was ahead when it was seen. Skew may only tighten the gate. */
export function sourceAheadMs(projectState: ProjectState | undefined): number {
  const checkpoint = projectState?.progress?.incrSyncCheckpoint ?? null;
  const at = projectState?.progressAt ?? null;
  const lastSeen = checkpoint === null || at === null ? 0 : checkpoint * 1000 - at;
  return Math.max(0, projectState?.sourceAheadMs ?? 0, lastSeen);
}

function at(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (inner, key) =>
        typeof inner === 'object' && inner !== null && Object.hasOwn(inner, key)
          ? (inner as Record<string, unknown>)[key]
          : undefined,
      value,
    );
}

function unreadable(message: string): OmsCutoverError {
  return new OmsCutoverError('FenceUnreadable', message);
}
