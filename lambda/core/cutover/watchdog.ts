/**
 * Compares the open cutovers of a pipeline with their executions, once a minute, and has writes resumed where an execution ended, or is gone,
 * without closing its record. Depends neither on the event of that end nor on the execution. Without an open cutover it makes one call, to the table.
 */
import { iso } from '../../contract/values/duration';
import type { Clock, Log } from '../ports';
import { type CutoverRecord, type CutoverStore, guardedUntil, mayBeStopped, type OpenRun } from './record';
import type { RunEnd } from './resume-request';

/** What Step Functions says of an execution. */
export type ExecutionState = { readonly status: 'RUNNING' } | Omit<RunEnd, 'run' | 'execution'>;

/** Executions of state machines. Throws CheckFailed where Step Functions does not answer. */
export interface Executions {
  /** `GONE` where there is no such execution. */
  describe(execution: string): Promise<ExecutionState>;
  /** @returns the ARN of the execution. */
  start(machine: string, input: unknown): Promise<string>;
}

export interface WatchdogPorts {
  readonly cutovers: Pick<CutoverStore, 'openRuns' | 'putOpenRun' | 'readCutover'>;
  readonly executions: Executions;
  readonly clock: Clock;
  readonly log: Log;
  /** Called in every round that could read the table, also with 0: a round that is missing raises the alarm too. */
  readonly overdue: (cutovers: number) => void;
}

export interface Watched {
  /** ARN of the pipeline's state machine. */
  readonly pipeline: string;
  /** ARN of the state machine that resumes writes. */
  readonly resumeMachine: string;
}

export interface WatchReport {
  /** Runs without an end in their record. */
  readonly open: number;
  /** Runs for which the resume machine was started. */
  readonly resumed: readonly string[];
  /** Runs that are past their own limits. */
  readonly overdue: readonly string[];
}

/** For each of the steps verify and switchTraffic, which have limits of the user's. */
const STEP_SECONDS = 15 * 60;

export async function watch(watched: Watched, ports: WatchdogPorts): Promise<WatchReport> {
  const executions = `${watched.pipeline.replace(':stateMachine:', ':execution:')}:`;
  const runs = (await ports.cutovers.openRuns()).filter(({ execution }) => execution.startsWith(executions));
  const report = { open: 0, resumed: [] as string[], overdue: [] as string[] };
  for (const run of runs) {
    const found = await look(run, watched, ports).catch((error: Error): Found => {
      // The other runs are still examined.
      ports.log.warn('cutover-not-watched', { run: run.run, project: run.project, problem: error.message });
      return { isOpen: true, isResumed: false, isOverdue: true };
    });
    if (found.isOpen) report.open += 1;
    if (found.isResumed) report.resumed.push(run.run);
    if (found.isOverdue) report.overdue.push(run.run);
  }
  ports.overdue(report.overdue.length);
  return report;
}

interface Found {
  readonly isOpen: boolean;
  readonly isResumed: boolean;
  readonly isOverdue: boolean;
}

async function look(open: OpenRun, watched: Watched, ports: WatchdogPorts): Promise<Found> {
  const { run, project } = open;
  const record = await ports.cutovers.readCutover(project, run);
  const now = ports.clock.now();
  if (record?.ending != null) {
    const guarded = guardedUntil(record);
    if (guarded === null || now > guarded) {
      await ports.cutovers.putOpenRun({ ...open, closedAt: iso(now) });
      return { isOpen: false, isResumed: false, isOverdue: false };
    }
    // A stopWrites that was late may have stopped writes again.
    await ports.executions.start(watched.resumeMachine, { project, run, again: true });
    return { isOpen: false, isResumed: true, isOverdue: false };
  }
  const state = await ports.executions.describe(open.execution);
  if (state.status === 'RUNNING')
    return { isOpen: true, isResumed: false, isOverdue: record !== undefined && isOverdue(record, now) };
  const resume = record?.resume;
  const isUnderWay = resume !== undefined && (await ports.executions.describe(resume.execution)).status === 'RUNNING';
  if (!isUnderWay) await ports.executions.start(watched.resumeMachine, { project, run, end: state });
  // A second attempt: the first one did not close the record.
  const isLate = record !== undefined && isOverdue(record, now);
  return { isOpen: true, isResumed: !isUnderWay, isOverdue: isLate || (resume !== undefined && !isUnderWay) };
}

/** Writes are stopped for longer than the limits of everything that may happen meanwhile. */
function isOverdue(record: CutoverRecord, now: number): boolean {
  const { stoppingAt, settings } = record;
  if (stoppingAt === null || !mayBeStopped(record)) return false;
  const { stopWritesTimeoutSeconds, drainTimeoutSeconds, switchover, switchoverTimeoutSeconds, verify } = settings;
  const gates = switchover === 'none' ? 2 * drainTimeoutSeconds : drainTimeoutSeconds + switchoverTimeoutSeconds;
  const steps = stopWritesTimeoutSeconds + STEP_SECONDS * (verify ? 2 : 1);
  return now - Date.parse(stoppingAt) > 1_000 * (gates + steps);
}
