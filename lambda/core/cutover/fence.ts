/** The fence of a cutover: the time that stopWrites read on the source, or our own time after stopWrites, with a margin. */

import { formatDuration, iso } from '../../contract/values/duration';
import { MOMENT, parseMoment } from '../../contract/values/moment';
import { show } from '../../contract/values/text';
import { OmsCutoverError } from '../model/errors';
import type { ProjectState } from '../model/project-state';
import { PLAUSIBLE_FUTURE_MS } from '../observe/lag';
import type { Fence } from './record';

/** A fence that is further from the run of its step was not read there: a stale fence would meet the gate too early. */
const FENCE_TOLERANCE_MS = 5 * 60_000;

/** The output of a step of any kind, or of a Lambda task. */
const DEFAULT_PATHS = ['writesStoppedAt', 'Payload.writesStoppedAt'];

/**
 * @param path dotted, from the step's output; undefined: the default paths.
 * @throws OmsCutoverError FenceUnreadable for a missing path, a value that is not a time, or a time that the step cannot have read.
 */
export function readFence(
  output: unknown,
  path: string | undefined,
  step: { readonly startedAt: number; readonly now: number; readonly aheadMs: number; readonly marginSeconds: number },
): Fence {
  const found = (path === undefined ? DEFAULT_PATHS : [path])
    .map((each) => at(output, each))
    .find((value) => value !== undefined);
  if (found === undefined) {
    if (path !== undefined) throw unreadable(`the output of stopWrites has no value at ${path}`);
    if (step.aheadMs > PLAUSIBLE_FUTURE_MS) {
      throw unreadable(
        `the source's clock seems to be ${formatDuration(step.aheadMs / 1000)} ahead of ours, so our own time cannot be the fence: return writesStoppedAt from stopWrites, read on the source`,
      );
    }
    // Never without a margin: the gate treats a fence without one as read on the source (judge.ts).
    const marginSeconds = Math.max(1, step.marginSeconds);
    return { writesStoppedAt: iso(step.now + step.aheadMs), readBy: 'clock', marginSeconds };
  }
  const moment = typeof found === 'string' || typeof found === 'number' ? parseMoment(String(found)) : null;
  if (moment === null) {
    throw unreadable(`stopWrites returned writesStoppedAt ${show(found)}; it must be ${MOMENT}`);
  }
  if (moment < step.startedAt - FENCE_TOLERANCE_MS || moment > step.now + FENCE_TOLERANCE_MS) {
    throw unreadable(
      `stopWrites returned writesStoppedAt ${iso(moment)}, more than 5 min from its own run (${iso(step.startedAt)} to ${iso(step.now)})`,
    );
  }
  return { writesStoppedAt: iso(moment), readBy: 'step', marginSeconds: 0 };
}

/** The least lead of the source's clock: a checkpoint was ahead of our clock when it was observed. A lead may only tighten the gate. */
export function sourceAheadMs(projectState: ProjectState | undefined): number {
  const checkpoint = projectState?.progress?.incrSyncCheckpoint ?? null;
  const at = projectState?.progressAt ?? null;
  const lastLead = checkpoint === null || at === null ? 0 : checkpoint * 1000 - at;
  return Math.max(0, projectState?.sourceAheadMs ?? 0, lastLead);
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
