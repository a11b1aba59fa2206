import type { CutoverBookkeeping, CutoverState } from '../../../lambda/contract/cutover';
import { answerCutover } from '../../../lambda/core/cutover/approval';
import { cutoverAction } from '../../../lambda/core/cutover/bookkeeping';
import { gateRound } from '../../../lambda/core/cutover/gate';
import type { CutoverPorts } from '../../../lambda/core/cutover/record-update';
import type { Observation } from '../../../lambda/core/model/progress';
import type { Verification } from '../../../lambda/core/ports';
import { Harness } from '../../support/harness';
import { MemoryCutovers } from '../../support/memory-cutovers';
import { syncing, T0 } from '../../support/observations';
import { play } from '../../support/run';

export const SYNCED_RESULT = play([syncing(T0, 3)], {
  goal: { type: 'SYNCED', maxLagSeconds: 30, holdSeconds: 60 },
}).last;

export const SYNCED_WAIT = {
  request: { projectId: 'p_x', goal: { type: 'SYNCED' } },
  execution: 'arn:aws:states:eu-central-1:111122223333:execution:Cutover:run-1',
};

/** A cutover on memory stores: scripted observations, what was notified, a clock of its own. */
export class CutoverSetup {
  readonly harness: Harness;
  readonly cutovers = new MemoryCutovers();
  verification: Verification | null = null;

  constructor(polls: readonly Observation[] = []) {
    this.harness = new Harness(polls);
  }

  get ports(): CutoverPorts {
    const { verification } = this;
    return {
      ...this.harness.ports(),
      cutovers: this.cutovers,
      tableName: 'table',
      ...(verification === null ? {} : { verifier: { verification: async () => verification } }),
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
