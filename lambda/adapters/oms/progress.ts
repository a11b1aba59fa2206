/** Decodes the three formats of a progress reply into the one progress model. */

import { IMPORTANCES, type ProjectKind } from '../../contract/oms';
import { type Progress, STATUSES } from '../../core/model/progress';
import { phaseOf } from '../../core/model/status';
import { RepeatedKey } from './json';
import { asText, type Decoding, MAX_WORD, own } from './values';

/**
 * Where each field may stand: 3.3's migration call, 3.3's sync call (its page names the progress both ways), and 4.1.1's call.
 * All spellings are read from any reply, since a project's kind and OMS's version are not always what was configured.
 */
const SPELLINGS: Record<keyof Progress, readonly string[]> = {
  status: ['status'],
  importance: ['importance', 'alarmLevel'],
  enableStructMigration: ['enableStructMigration', 'enableStructSync', 'enableStructTransfer'],
  enableFullMigration: ['enableFullMigration', 'enableFullSync', 'enableFullTransfer'],
  enableIncrSync: ['enableIncrSync', 'enableIncrTransfer'],
  enableReverseIncrSync: ['enableReverseIncrSync', 'enableReverseIncrTransfer'],
  currentStep: ['currentStep'],
  structMigrationProgress: ['structMigrationProgress', 'structSyncProgress', 'structTransferProgress'],
  fullMigrationProgress: ['fullMigrationProgress', 'fullSyncProgress', 'fullTransferProgress'],
  incrSyncCheckpoint: ['incrSyncCheckpoint', 'incrTransferCheckpoint'],
  reverseIncrSyncCheckpoint: ['reverseIncrSyncCheckpoint', 'reverseIncrTransferCheckpoint'],
};

export type DecodedProgress =
  | { readonly ok: true; readonly progress: Progress }
  | { readonly ok: false; readonly problem: string };

/** The progress in `data`, or what is wrong with it: without a status a reply says nothing. */
export function decodeProgress(data: unknown, kind: ProjectKind, decoding: Decoding): DecodedProgress {
  const not = (problem: string) => ({ ok: false, problem }) as const;
  if (typeof data !== 'object' || data === null || Array.isArray(data)) {
    return not(`"data" is ${data === undefined ? 'missing' : data === null ? 'null' : 'not an object'}`);
  }
  if (data instanceof RepeatedKey) return not('"data" stands in it more than once');
  const rawStatus = own(data, 'status');
  const known: readonly string[] = STATUSES;
  const status =
    rawStatus instanceof RepeatedKey
      ? contradictoryStatus(rawStatus, decoding)
      : typeof rawStatus === 'string'
        ? decoding.word('status', rawStatus, (word) => known.includes(word))
        : null;
  if (status === null) return not(`"data.status" is ${describe(rawStatus)}, expected a word such as RUNNING`);
  const sync = kind === 'sync';
  const value = (field: keyof Progress) => pick(data, field, decoding);
  const progress: Progress = {
    status,
    importance: decoding.oneOf('importance', value('importance'), IMPORTANCES),
    enableStructMigration: decoding.flag('enableStructMigration', value('enableStructMigration')),
    enableFullMigration: decoding.flag('enableFullMigration', value('enableFullMigration')),
    enableIncrSync: decoding.flag('enableIncrSync', value('enableIncrSync')),
    // A synchronisation project has no reverse synchronisation.
    enableReverseIncrSync: decoding.flag('enableReverseIncrSync', value('enableReverseIncrSync'), { optional: sync }),
    currentStep: decoding.word('currentStep', value('currentStep'), (word) => phaseOf(word) !== 'unknown'),
    structMigrationProgress: decoding.percent('structMigrationProgress', value('structMigrationProgress')),
    fullMigrationProgress: decoding.percent('fullMigrationProgress', value('fullMigrationProgress')),
    incrSyncCheckpoint: decoding.checkpoint('incrSyncCheckpoint', value('incrSyncCheckpoint'), { textual: sync }),
    reverseIncrSyncCheckpoint: decoding.checkpoint('reverseIncrSyncCheckpoint', value('reverseIncrSyncCheckpoint'), {
      textual: sync,
    }),
  };
  return { ok: true, progress };
}

const REPEATED = 'the key stands in the reply more than once; taken as unknown';

/** Such as `RUNNING and FINISHED`: a status that is unknown to every table, and that a person can read. */
function contradictoryStatus(values: RepeatedKey, decoding: Decoding): string {
  decoding.anomaly('status', values, REPEATED);
  return decoding.clean(asText(values), MAX_WORD);
}

/** The value under whichever spelling came, null before undefined. Two spellings that contradict each other leave none. */
function pick(data: unknown, field: keyof Progress, decoding: Decoding): unknown {
  const came = SPELLINGS[field].map((name) => own(data, name)).filter((value) => value !== undefined);
  const repeated = came.find((value) => value instanceof RepeatedKey);
  if (repeated !== undefined) {
    decoding.anomaly(field, repeated, REPEATED);
    return null;
  }
  const [first, ...others] = came.filter((value) => value !== null);
  if (others.some((value) => value !== first)) {
    const problem = 'two spellings of the field contradict each other; taken as unknown';
    decoding.anomaly(field, [first, ...others].map(asText).join(' and '), problem);
    return null;
  }
  return first ?? came[0];
}

function describe(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  return typeof value === 'string' ? 'empty' : `a ${typeof value}`;
}
