/** The reply bodies of a simulated OMS, as on the vendor's pages. */
import type { ProjectKind } from '../../lambda/contract/oms';
import { phaseOf } from '../../lambda/core/model/status';
import type { ErrorWords } from './scenario';
import type { SimulatedState } from './scenario-state';

type Json = Readonly<Record<string, unknown>>;

export interface Paging {
  readonly pageNumber: number;
  readonly pageSize: number;
  readonly totalCount: number;
}

/** Success: everything but the data is null, as a real OMS sends it. */
export function success(
  data: unknown,
  { error = null, paging }: { error?: ErrorWords | null; paging?: Paging } = {},
): Json {
  return {
    success: true,
    errorDetail: error,
    code: null,
    message: null,
    advice: null,
    requestId: null,
    pageNumber: null,
    pageSize: null,
    totalCount: null,
    ...paging,
    cost: '13 ms',
    data,
  };
}

/** `success: false` with HTTP 200. */
export function refusal(error: ErrorWords, requestId: string): Json {
  const { code, message = '' } = error;
  return { code, errorDetail: error, message: `[${code}]: ${message}`, requestId, success: false };
}

export const UNKNOWN_PROJECT: ErrorWords = {
  code: 'GHANA-PROJECT000001',
  level: 'ERROR',
  message: 'The project does not exist.',
  proposal: 'Check the project ID.',
};

/** `data` of the GET calls, 3.3.0 to 4.1.0: one spelling for migrations, another for synchronizations, whose checkpoints are strings. */
export function progress33(state: SimulatedState, kind: ProjectKind): Json {
  const noun = kind === 'migration' ? 'Migration' : 'Sync';
  const [struct, full] = kind === 'migration' ? ['structMigration', 'fullMigration'] : ['structSync', 'fullSync'];
  const time = (seconds: number | null) => (kind === 'sync' && seconds !== null ? String(seconds) : seconds);
  return {
    status: state.status,
    importance: state.importance,
    [`enableStruct${noun}`]: state.enable.struct,
    [`enableFull${noun}`]: state.enable.full,
    enableIncrSync: state.enable.incrSync,
    ...(kind === 'migration' ? { enableReverseIncrSync: state.enable.reverseIncrSync } : {}),
    currentStep: state.step,
    [`${struct}Progress`]: state.struct,
    [`${full}Progress`]: state.full,
    incrSyncCheckpoint: time(state.checkpoint),
    ...(kind === 'migration' ? { reverseIncrSyncCheckpoint: state.reverseCheckpoint } : {}),
  };
}

/** `data` of DescribeProjectProgress, 4.1.1 or later: the same under other names. */
export function progress411(state: SimulatedState, projectId: string): Json {
  return {
    projectId,
    status: state.status,
    alarmLevel: state.importance,
    enableStructTransfer: state.enable.struct,
    enableFullTransfer: state.enable.full,
    enableIncrSync: state.enable.incrSync,
    enableReverseIncrTransfer: state.enable.reverseIncrSync,
    currentStep: state.step,
    structTransferProgress: state.struct,
    fullTransferProgress: state.full,
    incrSyncCheckpoint: state.checkpoint,
    reverseIncrTransferCheckpoint: state.reverseCheckpoint,
  };
}

/** One entry of ListProjects; `syncDelay` in seconds. */
export function listed(id: string, name: string, kind: ProjectKind, state: SimulatedState, nowMs: number): Json {
  return {
    id,
    name,
    type: kind === 'sync' ? 'SYNC' : 'MIGRATION',
    status: state.status,
    importance: state.importance,
    syncDelay: state.checkpoint === null ? null : Math.max(0, Math.floor(nowMs / 1000) - state.checkpoint),
  };
}

/** `data` of DescribeProjectSteps: the steps this project has, in order, the current one in the project's own status. */
export function steps(state: SimulatedState): readonly Json[] {
  const { enable, step } = state;
  const all = [
    { name: 'TRANSFER_PRECHECK', phase: 'prepare', there: true, progress: null },
    { name: 'STRUCT_TRANSFER', phase: 'structure', there: enable.struct, progress: state.struct },
    { name: 'FULL_TRANSFER', phase: 'full', there: enable.full, progress: state.full },
    { name: 'INCR_TRANSFER', phase: 'incremental', there: enable.incrSync, progress: null },
    { name: 'TRANSFER_APP_SWITCH', phase: 'switchover', there: enable.incrSync, progress: null },
    { name: 'REVERSE_INCR_TRANSFER', phase: 'reverse', there: enable.reverseIncrSync, progress: null },
  ].filter(({ there }) => there);
  const current = all.findIndex(({ phase }) => phase === phaseOf(step));
  return all.map(({ name, progress }, index) => {
    const here = index === current;
    const before = index < current || state.status === 'FINISHED';
    return {
      order: index + 1,
      name,
      status: before ? 'FINISHED' : here ? state.status : 'INIT',
      progress: before ? 100 : here ? progress : 0,
      extraInfo: here && state.error ? { errorDetails: [state.error], errorCode: state.error.code } : null,
      startTime: null,
      finishTime: null,
    };
  });
}
