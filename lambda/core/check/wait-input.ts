/** Reads what a wait is asked to do, from an execution's input: every problem at once, each with the value and what was expected. */

import { DEFAULT_WAIT_SETTINGS, DEFAULTS, type WaitSettings } from '../../contract/defaults';
import { GOAL_TYPES, type Goal } from '../../contract/goal';
import { projectIdProblem } from '../../contract/project-id';
import { parseMoment } from '../model/duration';
import { InvalidInput } from '../model/errors';
import { recordOf, STARTED_BY_EXECUTION, show } from '../model/fields';
import { executionArn } from '../notifications/links';

export interface WaitParameters {
  readonly projectId: string;
  readonly goal: Goal;
  readonly timeoutSeconds: number;
  readonly settings: WaitSettings;
  readonly execution?: string;
}

const REQUEST_KEYS = [
  'projectId',
  'goal',
  'timeoutSeconds',
  'minIntervalSeconds',
  'maxIntervalSeconds',
  'failedGraceSeconds',
  'suspendedGraceSeconds',
  'unknownGraceSeconds',
  'outageGraceSeconds',
] as const;
/** What the loop itself adds and hands on. */
const STATE_KEYS = ['startedAt', 'deadlineAt', 'round', 'checks'] as const;
const GOAL_KEYS: Record<Goal['type'], readonly string[]> = {
  FINISHED: ['type'],
  SYNCED: ['type', 'maxLagSeconds', 'holdSeconds'],
  DRAINED: ['type', 'writesStoppedAt', 'marginSeconds'],
  SWITCHED: ['type'],
};

/** The state of a wait: as the round before handed it on, or out of the first round's request. */
export function readWaitState(input: unknown): unknown {
  const fields = recordOf(input);
  if (fields === null || !('request' in fields)) return input;
  const { request, execution, enteredAt } = fields;
  const asked = recordOf(request);
  if (asked === null) return request;
  const known = executionArn(execution);
  const startedAt = typeof enteredAt === 'string' ? parseMoment(enteredAt) : null;
  // What the loop itself keeps is not for whoever asks: under these names it is refused as any other unknown field.
  const fieldsOfRequest = Object.entries(asked).map(([key, value]) => [
    [...STATE_KEYS, 'execution'].includes(key) ? `request.${key}` : key,
    value,
  ]);
  return {
    ...(startedAt === null ? {} : { startedAt }),
    ...Object.fromEntries(fieldsOfRequest),
    ...(known === undefined ? {} : { execution: known }),
  };
}

/** @throws InvalidInput that names every problem. */
export function readWaitParameters(input: unknown): WaitParameters {
  const problems: string[] = [];
  const fields = recordOf(input);
  if (fields === null)
    throw new InvalidInput([`the input must be an object such as {"projectId":"p_x"}, got ${show(input)}`]);
  for (const key of Object.keys(fields)) {
    if (![...REQUEST_KEYS, ...STATE_KEYS, 'execution', STARTED_BY_EXECUTION].some((known) => known === key)) {
      problems.push(`unknown field ${show(key)}; known are ${REQUEST_KEYS.join(', ')}`);
    }
  }
  for (const key of STATE_KEYS) readSeconds(key, fields[key], 0, 0, problems);
  const projectId = readProjectId(fields.projectId, problems);
  const goal = readGoal(fields.goal, problems);
  const seconds = (key: (typeof REQUEST_KEYS)[number], least: number, otherwise: number) =>
    readSeconds(key, fields[key], least, otherwise, problems);
  const read: WaitSettings = {
    ...DEFAULT_WAIT_SETTINGS,
    minIntervalSeconds: seconds('minIntervalSeconds', 1, DEFAULTS.minIntervalSeconds),
    maxIntervalSeconds: seconds('maxIntervalSeconds', 1, Math.max(DEFAULTS.maxIntervalSeconds, minOf(fields))),
    intervalIsFixed: fields.minIntervalSeconds !== undefined,
    failedGraceSeconds: seconds('failedGraceSeconds', 0, DEFAULTS.failedGraceSeconds),
    suspendedGraceSeconds: seconds('suspendedGraceSeconds', 0, DEFAULTS.suspendedGraceSeconds),
    unknownGraceSeconds: seconds('unknownGraceSeconds', 0, DEFAULTS.unknownGraceSeconds),
    outageGraceSeconds: seconds('outageGraceSeconds', 0, DEFAULTS.outageGraceSeconds),
  };
  const timeoutSeconds = seconds('timeoutSeconds', 0, DEFAULTS.timeoutSeconds);
  if (timeoutSeconds > DEFAULTS.timeoutSeconds) {
    problems.push(`timeoutSeconds must be ${DEFAULTS.timeoutSeconds} (364 days) or less, got ${timeoutSeconds}`);
  }
  if (fields.minIntervalSeconds !== undefined && read.maxIntervalSeconds < read.minIntervalSeconds) {
    problems.push(
      `maxIntervalSeconds (${read.maxIntervalSeconds}) must not be below minIntervalSeconds (${read.minIntervalSeconds})`,
    );
  }
  if (problems.length > 0) throw new InvalidInput(problems);
  // A maximum below the default minimum is what the user wants: looks at least so often.
  const settings = { ...read, minIntervalSeconds: Math.min(read.minIntervalSeconds, read.maxIntervalSeconds) };
  const execution = executionArn(fields.execution);
  return { projectId, goal, timeoutSeconds, settings, ...(execution === undefined ? {} : { execution }) };
}

/** A minimum above the default maximum raises that maximum: the user said one number, not two that contradict. */
function minOf(fields: Record<string, unknown>): number {
  return typeof fields.minIntervalSeconds === 'number' ? fields.minIntervalSeconds : 0;
}

function readProjectId(value: unknown, problems: string[]): string {
  const problem =
    value === undefined
      ? 'projectId is required'
      : typeof value !== 'string'
        ? `projectId must be a text such as p_x, got ${show(value)}`
        : projectIdProblem(value);
  if (problem !== null) problems.push(problem);
  return String(value);
}

function readGoal(value: unknown, problems: string[]): Goal {
  const finished: Goal = { type: 'FINISHED' };
  if (value === undefined) return finished;
  const fields = recordOf(value);
  const type = GOAL_TYPES.find((one) => one === fields?.type);
  if (fields === null || type === undefined) {
    problems.push(`goal must be an object whose type is one of ${GOAL_TYPES.join(', ')}, got ${show(value)}`);
    return finished;
  }
  for (const key of Object.keys(fields)) {
    if (!GOAL_KEYS[type].includes(key))
      problems.push(`goal ${type} has no field ${show(key)}; it has ${GOAL_KEYS[type].join(', ')}`);
  }
  if (type === 'SYNCED') {
    return {
      type,
      maxLagSeconds: readSeconds('goal.maxLagSeconds', fields.maxLagSeconds, 0, DEFAULTS.maxLagSeconds, problems),
      holdSeconds: readSeconds('goal.holdSeconds', fields.holdSeconds, 0, DEFAULTS.holdSeconds, problems),
    };
  }
  if (type === 'DRAINED') {
    return {
      type,
      writesStoppedAt: readMoment(fields.writesStoppedAt, problems),
      marginSeconds: readSeconds('goal.marginSeconds', fields.marginSeconds, 0, DEFAULTS.marginSeconds, problems),
    };
  }
  return { type };
}

function readMoment(value: unknown, problems: string[]): number {
  const expected = 'an ISO 8601 time with an offset such as 2026-11-23T02:00:00Z, or Unix seconds';
  if (value === undefined) {
    problems.push(`goal.writesStoppedAt is required for DRAINED: ${expected}`);
    return 0;
  }
  const at = typeof value === 'string' || typeof value === 'number' ? parseMoment(String(value)) : null;
  if (at === null) problems.push(`goal.writesStoppedAt must be ${expected}, got ${show(value)}`);
  return at ?? 0;
}

function readSeconds(name: string, value: unknown, least: number, otherwise: number, problems: string[]): number {
  if (value === undefined) return otherwise;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least) return value;
  problems.push(`${name} must be a whole number, ${least} or more, got ${show(value)}`);
  return otherwise;
}
