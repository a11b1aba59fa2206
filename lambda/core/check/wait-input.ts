/** Reads what a wait is asked to do, and where it stands. */

import { DEFAULT_WAIT_SETTINGS, DEFAULTS, type WaitSettings } from '../../contract/defaults';
import type { Goal } from '../../contract/goal';
import { STARTED_BY_EXECUTION, WaitRequestSchema, type WaitState, WaitStateSchema } from '../../contract/requests/wait';
import { parseMoment } from '../../contract/values/moment';
import { read, readAsIs, recordOf } from '../model/fields';
import { executionArn } from '../notifications/links';

export interface WaitParameters {
  readonly projectId: string;
  readonly goal: Goal;
  readonly timeoutSeconds: number;
  readonly settings: WaitSettings;
  readonly execution?: string;
}

/** The state of a wait: as the round before handed it on, or from the request of the first round. @throws InvalidInput that names every problem. */
export function readWaitState(input: unknown): WaitState {
  const fields = recordOf(input);
  if (fields === null || !('request' in fields)) return readAsIs(WaitStateSchema, withoutMark(input));
  const request = readAsIs(WaitRequestSchema, withoutMark(fields.request));
  // Both only help where they are known.
  const execution = executionArn(fields.execution);
  const startedAt = typeof fields.enteredAt === 'string' ? parseMoment(fields.enteredAt) : null;
  return {
    ...request,
    ...(startedAt === null ? {} : { startedAt }),
    ...(execution === undefined ? {} : { execution }),
  };
}

/** @param input a request, or the state of a wait. @throws InvalidInput that names every problem. */
export function readWaitParameters(input: unknown): WaitParameters {
  const { projectId, goal, timeoutSeconds, minIntervalSeconds, maxIntervalSeconds, ...others } = read(
    WaitStateSchema,
    withoutMark(input),
  );
  const { failedGraceSeconds, suspendedGraceSeconds, unknownGraceSeconds, outageGraceSeconds } = others;
  const most = maxIntervalSeconds ?? Math.max(DEFAULTS.maxIntervalSeconds, minIntervalSeconds ?? 0);
  const settings: WaitSettings = {
    ...DEFAULT_WAIT_SETTINGS,
    // A maximum below the default minimum lowers it, a minimum above the default maximum raises that: the user gave one number.
    minIntervalSeconds: Math.min(minIntervalSeconds ?? DEFAULTS.minIntervalSeconds, most),
    maxIntervalSeconds: most,
    intervalIsFixed: minIntervalSeconds !== undefined,
    failedGraceSeconds,
    suspendedGraceSeconds,
    unknownGraceSeconds,
    outageGraceSeconds,
  };
  const execution = executionArn(others.execution);
  return { projectId, goal, timeoutSeconds, settings, ...(execution === undefined ? {} : { execution }) };
}

function withoutMark(input: unknown): unknown {
  const fields = recordOf(input);
  if (fields === null) return input;
  const { [STARTED_BY_EXECUTION]: _mark, ...request } = fields;
  return request;
}
