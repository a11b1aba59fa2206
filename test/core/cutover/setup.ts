import type { CutoverBookkeeping, CutoverState, GateResult } from '../../../lambda/contract/requests/cutover';
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
