/**
 * Schemas of the items of the table. A malformed item would otherwise surface later, as a wrong verdict.
 * An unknown attribute was written by a newer version, and is ignored.
 */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as v from 'valibot';
import { VERDICTS } from '../../contract/check-result';
import { type Anomaly, COMPARISONS, FAILED_OUTCOMES, IMPORTANCES, OMS_APIS, type OmsWords } from '../../contract/oms';
import type { WordedReason } from '../../contract/reason';
import {
  CUTOVER_OUTCOMES,
  CutoverSettingsSchema,
  GATES,
  ResumeReasonSchema,
  STEPS,
} from '../../contract/requests/cutover';
import { flag, oneOf, parse, type Schema } from '../../contract/values/schema';
import {
  type ApprovalRequest,
  type CurrentCutover,
  type CutoverRecord,
  DECISIONS,
  type Decision,
  type Ending,
  type Fence,
  type GateEntry,
  type OpenRun,
  PHASES,
  type RunOwner,
  type StepEntry,
} from '../../core/cutover/record';
import type { FleetMemory } from '../../core/fleet/roster';
import { type Affected, CHANGE_KINDS, type Change, type ChangeFacts } from '../../core/model/change';
import { CheckFailed } from '../../core/model/errors';
import type { Envelope, Progress } from '../../core/model/progress';
import type { Mark, Notified, ProjectState, Series, SeriesByName, Span } from '../../core/model/project-state';
import { POLLERS, type Snapshot } from '../../core/model/snapshot';
import type { RunNotice } from '../../core/notifications/notice';

export type Item = Record<string, AttributeValue>;

export interface ItemKey {
  readonly pk: string;
  readonly sk: string;
}

/** @throws CheckFailed that names table, key and attributes. */
export function readItem<T>(schema: Schema<unknown, T>, item: Item, { pk, sk }: ItemKey, tableName: string): T {
  const parsed = parse(schema, unmarshall(item));
  if (parsed.problems === undefined) return parsed.output;
  throw new CheckFailed(`item ${sk} of ${pk} in table ${tableName} is malformed: ${parsed.problems.join('; ')}`);
}

const text = v.string('a text');
const number = v.number('a number');
const may = v.exactOptional;
const textOrNull = v.nullable(text);
const numberOrNull = v.nullable(number);
const list = <Entry extends v.GenericSchema>(entry: Entry) => v.array(entry, 'a list');

/** An object with an entry for each field of T, so that none is forgotten and lost. */
function fieldsOf<T extends object>() {
  return <const Entries extends Readonly<Record<keyof T, v.GenericSchema>>>(entries: Entries) =>
    v.object(entries, 'an object');
}

const importance = v.nullable(oneOf(IMPORTANCES));
const outcome = oneOf(['OK', ...FAILED_OUTCOMES]);
const api = v.nullable(oneOf(OMS_APIS));

const progress = fieldsOf<Progress>()({
  status: text,
  importance,
  enableStructMigration: v.nullable(flag),
  enableFullMigration: v.nullable(flag),
  enableIncrSync: v.nullable(flag),
  enableReverseIncrSync: v.nullable(flag),
  currentStep: textOrNull,
  structMigrationProgress: numberOrNull,
  fullMigrationProgress: numberOrNull,
  incrSyncCheckpoint: numberOrNull,
  reverseIncrSyncCheckpoint: numberOrNull,
});

const said = fieldsOf<OmsWords>()({
  code: may(text),
  message: may(text),
  advice: may(text),
  requestId: may(text),
  cost: may(text),
  level: may(text),
  reason: may(text),
  proposal: may(text),
  failedStep: may(text),
  failedStepCode: may(text),
  failedStepMessage: may(text),
});

const anomalies: Schema<unknown, readonly Anomaly[]> = list(
  fieldsOf<Anomaly>()({ field: text, value: text, problem: text, foundIn: may(oneOf(COMPARISONS)) }),
);

const affected: Schema<unknown, Affected> = fieldsOf<Affected>()({ projects: list(text), total: number });

const FACTS = {
  id: text,
  sequence: number,
  project: text,
  at: number,
  execution: may(text),
  status: textOrNull,
  step: textOrNull,
  importance,
  structProgress: numberOrNull,
  fullProgress: numberOrNull,
  lagSeconds: numberOrNull,
  eta: numberOrNull,
  said,
  anomalies,
  affected: may(affected),
} satisfies Readonly<Record<keyof ChangeFacts, v.GenericSchema>>;

/** The params of its kind are as they were written. */
const change = v.pipe(
  v.object({ ...FACTS, kind: oneOf(CHANGE_KINDS), params: v.looseObject({}, 'an object') }, 'an object'),
  v.transform((stored) => stored as Change),
);

const series = fieldsOf<Series>()({
  name: oneOf(['failed', 'suspended', 'unknown', 'noAnswer', 'credentials']),
  since: number,
  last: number,
  polls: number,
  missed: may(v.literal(true, 'true')),
});

/** Packed, because 24 spans with their names are half of an item; with names as an earlier version stored them. */
const span = v.union(
  [
    v.pipe(
      v.tuple([number, number, number, number, number, number], 'a list of six numbers'),
      v.transform(
        ([from, lastsMs, maxGapMs, ready, worstLagSeconds, checkpoints]): Span => ({
          from,
          to: from + lastsMs,
          maxGapMs,
          ready: ready === 1,
          worstLagSeconds,
          checkpoints,
        }),
      ),
    ),
    fieldsOf<Span>()({
      from: number,
      to: number,
      maxGapMs: number,
      ready: flag,
      worstLagSeconds: number,
      checkpoints: number,
    }),
  ],
  'a span',
);

/** A project state as its item. */
export function packed(state: ProjectState): object {
  const spans = state.spans.map(({ from, to, maxGapMs, ready, worstLagSeconds, checkpoints }) => [
    from,
    to - from,
    maxGapMs,
    ready ? 1 : 0,
    worstLagSeconds,
    checkpoints,
  ]);
  return { ...state, spans };
}

export const projectState: Schema<unknown, ProjectState> = fieldsOf<ProjectState>()({
  project: text,
  version: number,
  writeId: text,
  recentChecks: list(text),
  requestedAt: number,
  observedAt: number,
  outcome,
  problem: textOrNull,
  api,
  clockSkewMs: numberOrNull,
  progress: v.nullable(progress),
  progressAt: numberOrNull,
  statusSince: numberOrNull,
  stepSince: numberOrNull,
  series: fieldsOf<SeriesByName>()({
    failed: may(series),
    suspended: may(series),
    unknown: may(series),
    noAnswer: may(series),
    credentials: may(series),
  }),
  nextPollBy: number,
  nextScheduledBy: number,
  activeMs: number,
  marks: list(fieldsOf<Mark>()({ percent: number, seenAt: number, notBefore: number })),
  movedAtActiveMs: number,
  spans: list(span),
  checkpointSince: numberOrNull,
  reverse: may(v.object({ value: number, values: number, movedAt: number }, 'an object')),
  sourceAheadMs: may(number),
  bestLagSeconds: numberOrNull,
  sequence: number,
  pending: list(change),
  notified: fieldsOf<Notified>()({
    unreachable: may(flag),
    credentials: may(flag),
    gone: may(flag),
    stalled: may(flag),
    lagging: may(flag),
    lagPolls: may(number),
    expiring: may(number),
    mayNeverFinish: may(flag),
    rollbackPath: may(oneOf(['OPEN', 'LOST'])),
    goalMetFor: may(text),
  }),
  lease: v.nullable(v.object({ owner: text, until: number }, 'an object')),
  mutedUntil: may(number),
  affected: may(affected),
});

/** Its params are as they were written. */
const reason = v.pipe(
  v.looseObject({ code: text, message: text, params: v.looseObject({}, 'an object') }, 'an object'),
  v.transform((stored) => stored as WordedReason),
);

export const snapshot: Schema<unknown, Snapshot> = fieldsOf<Snapshot>()({
  project: text,
  checkId: text,
  observedAt: text,
  outcome,
  status: textOrNull,
  step: textOrNull,
  structProgress: numberOrNull,
  fullProgress: numberOrNull,
  lagSeconds: numberOrNull,
  eta: textOrNull,
  anomalies,
  said,
  problem: textOrNull,
  clockSkewSeconds: numberOrNull,
  verdict: oneOf(VERDICTS),
  reason,
  waitSeconds: number,
  requestedAt: text,
  looker: oneOf(POLLERS),
  api,
  progress: v.nullable(progress),
  envelope: v.nullable(
    fieldsOf<Envelope>()({
      success: flag,
      code: textOrNull,
      message: textOrNull,
      advice: textOrNull,
      requestId: textOrNull,
      pageNumber: numberOrNull,
      pageSize: numberOrNull,
      totalCount: numberOrNull,
      cost: textOrNull,
    }),
  ),
  fromVersion: number,
});

export const fleetMemory: Schema<unknown, FleetMemory> = fieldsOf<FleetMemory>()({
  endedAt: text,
  notReached: list(text),
  known: list(text),
  leaving: v.record(v.string(), number, 'an object'),
  pages: may(number),
});

export const currentCutover: Schema<unknown, CurrentCutover> = fieldsOf<CurrentCutover>()({
  project: text,
  run: text,
  version: number,
});

export const runOwner: Schema<unknown, RunOwner> = fieldsOf<RunOwner>()({
  project: text,
  execution: may(text),
  pipeline: may(text),
  answersUrl: may(text),
  resumeMachine: may(text),
  input: may(v.unknown()),
});

export const decision: Schema<unknown, Decision> = fieldsOf<Decision>()({
  run: text,
  question: number,
  decision: oneOf(DECISIONS),
  by: text,
  at: text,
  note: may(text),
});

export const openRun: Schema<unknown, OpenRun> = fieldsOf<OpenRun>()({
  run: text,
  project: text,
  execution: text,
  closedAt: may(text),
});
export const cutoverRecord: Schema<unknown, CutoverRecord> = fieldsOf<CutoverRecord>()({
  project: text,
  run: text,
  version: number,
  settings: CutoverSettingsSchema,
  startedAt: text,
  phase: oneOf(PHASES),
  gates: list(
    fieldsOf<GateEntry>()({
      gate: oneOf(GATES),
      verdict: oneOf(VERDICTS),
      value: text,
      threshold: text,
      checkId: text,
      at: text,
    }),
  ),
  steps: list(
    fieldsOf<StepEntry>()({
      step: oneOf(STEPS),
      startedAt: text,
      endedAt: textOrNull,
      problem: textOrNull,
      rehearsed: may(v.literal(true, 'true')),
      claimedBy: may(text),
    }),
  ),
  question: number,
  asked: list(
    fieldsOf<ApprovalRequest>()({
      question: number,
      askedAt: text,
      expiresAt: text,
      checkId: text,
      decision: v.nullable(oneOf(DECISIONS)),
      by: textOrNull,
      decidedAt: textOrNull,
      note: textOrNull,
      voidBecause: textOrNull,
    }),
  ),
  fence: v.nullable(
    fieldsOf<Fence>()({ writesStoppedAt: text, readBy: oneOf(['step', 'clock']), marginSeconds: number }),
  ),
  stoppingAt: textOrNull,
  writableAt: textOrNull,
  ending: v.nullable(
    fieldsOf<Ending>()({
      outcome: oneOf(CUTOVER_OUTCOMES),
      code: text,
      message: text,
      byHand: textOrNull,
      at: text,
    }),
  ),
  resume: may(v.object({ execution: text, at: text, why: ResumeReasonSchema, attempts: number })),
  notices: list(
    fieldsOf<RunNotice>()({
      id: text,
      headline: text,
      body: text,
      advice: text,
      importance: oneOf(IMPORTANCES),
    }),
  ),
});
