import type {
  CutoverBookkeeping,
  CutoverOutcome,
  CutoverReply,
  CutoverState,
  GateResult,
} from '../../../lambda/contract/requests/cutover';
import { EXECUTION_ENDED } from '../../../lambda/contract/requests/events';
import { answerCutover } from '../../../lambda/core/cutover/approval';
import { cutoverAction } from '../../../lambda/core/cutover/bookkeeping';
import { type GatePorts, type GateRound, gateRound } from '../../../lambda/core/cutover/gate';
import type { CutoverPorts } from '../../../lambda/core/cutover/record-update';
import type { Observation } from '../../../lambda/core/model/progress';
import type { Verification } from '../../../lambda/core/ports';
import { Harness } from '../../support/harness';
import { play } from '../../support/run';
import { MemoryCutovers } from '../../support/stores/memory-cutovers';
import { syncing, T0 } from '../../support/values/observations';

export const SYNCED_RESULT: GateResult = {
  ...play([syncing(T0, 3)], { goal: { type: 'SYNCED', maxLagSeconds: 30, holdSeconds: 60 } }).last,
  verification: { state: 'NOT_THERE', message: 'the project has no full verification' },
};

export const SYNCED_WAIT = {
  request: { projectId: 'p_x', goal: { type: 'SYNCED' } },
  execution: 'arn:aws:states:eu-central-1:111122223333:execution:Cutover:run-1',
};

/** A cutover on memory stores: scripted observations, what was notified, a clock of its own. */
export class CutoverSetup {
  readonly harness: Harness;
  readonly cutovers = new MemoryCutovers();
  pipeline: CutoverPorts['pipeline'];
  verification: Verification = { state: 'NOT_THERE', message: 'this OMS has no call for it' };

  constructor(polls: readonly Observation[] = []) {
    this.harness = new Harness(polls);
  }

  get ports(): CutoverPorts & GatePorts {
    return {
      ...this.harness.ports(),
      cutovers: this.cutovers,
      tableName: 'table',
      ...(this.pipeline === undefined ? {} : { pipeline: this.pipeline }),
      verifier: { verification: async () => this.verification },
    };
  }

  state(run = 'run-1'): CutoverState {
    return { projectId: 'p_x', run, rehearse: false, input: { projectId: 'p_x' } };
  }

  act(command: CutoverBookkeeping) {
    return cutoverAction(command, this.ports);
  }

  poll(wait: unknown) {
    return gateRound({ action: 'poll', writes: 'GO_ON', wait }, this.ports);
  }

  /** As the state machine does with the verdict of a wait that failed. */
  closeAsCaught({ result: { reason } }: GateRound, run = 'run-1') {
    const error = { Error: reason.code, Cause: reason.message };
    return this.act({ action: 'close', state: this.state(run), outcome: 'FAILED', error });
  }

  begin(run = 'run-1', settings: object = {}) {
    return this.act({ action: 'begin', state: this.state(run), settings });
  }

  /** What the resume machine does, whoever starts it. @param resume what resumeWrites does. */
  async resume(request: unknown, resume: () => void = () => undefined): Promise<CutoverReply> {
    const begun = await this.act({ action: 'beginResume', request, execution: 'arn:resume:1' });
    if (begun.next !== 'GO' || begun.why === undefined) return begun;
    const end = { action: 'endResume', state: begun.cutover, why: begun.why } as const;
    try {
      resume();
    } catch (error) {
      return await this.act({ ...end, repairError: { Error: 'Error', Cause: (error as Error).message } });
    }
    return await this.act(end);
  }

  /** The end of an execution, as EventBridge reports it. @returns the outcome of the record. */
  async ended(end: {
    readonly run?: string;
    readonly status: string;
    readonly execution?: string;
    readonly error?: string;
    readonly cause?: string;
  }): Promise<CutoverOutcome | null> {
    const { run = 'run-1', status, execution, error, cause } = end;
    const detail = { name: run, status, executionArn: execution ?? null, error: error ?? null, cause: cause ?? null };
    await this.resume({ 'detail-type': EXECUTION_ENDED, detail });
    return (await this.record(run))?.ending?.outcome ?? null;
  }

  answer(approve: boolean, run = 'run-1') {
    return answerCutover({ project: 'p_x', run, approve, by: 'dba', now: this.harness.now }, this.cutovers);
  }

  record(run = 'run-1') {
    return this.cutovers.readCutover('p_x', run);
  }

  get subjects(): string[] {
    return this.harness.notified.map(({ subject }) => subject);
  }
}
