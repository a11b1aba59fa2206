/** The beginning of a cutover: one at a time for a project. */

import type { CutoverCommand, CutoverReply, CutoverSettings, CutoverState } from '../../contract/cutover';
import { DEFAULTS } from '../../contract/defaults';
import { CheckFailed, InvalidInput } from '../model/errors';
import { type ExecutionInput, readExecutionInput } from './execution-input';
import { type CutoverPorts, changeRecord } from './records';
import { end, go } from './replies';
import { begun, closed } from './transitions';

const MAX_CONFLICTS = 50;

const DEFAULT_SETTINGS: CutoverSettings = {
  maxLagSeconds: DEFAULTS.maxLagSeconds,
  holdSeconds: DEFAULTS.holdSeconds,
  drainTimeoutSeconds: 300,
  marginSeconds: DEFAULTS.marginSeconds,
  approvalSeconds: null,
  switchover: 'none',
  switchoverTimeoutSeconds: 1800,
  verification: true,
  verify: false,
  rollback: false,
  rehearse: false,
};

/**
 * Order of effects: whose the run is, on condition that it is nobody's; the run's record; then the project's pointer to its current run, on condition.
 * A crash before the pointer leaves a record of a run that never began; the same run may try again.
 */
export async function begin(
  { state: asked, settings }: Extract<CutoverCommand, { action: 'begin' }>,
  ports: CutoverPorts,
): Promise<CutoverReply> {
  const { run } = asked;
  const { cutovers } = ports;
  let input: ExecutionInput;
  try {
    input = readExecutionInput(asked.input, asked.projectId);
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    return end({ ...asked, projectId: '' }, error);
  }
  const project = input.projectId;
  // Whoever wants caution gets it: where the pipeline itself only rehearses, no input makes it act.
  const rehearse = asked.rehearse || settings.rehearse === true || input.rehearse;
  const state: CutoverState = { ...asked, projectId: project, rehearse };
  const owner = { project, ...(asked.execution === undefined ? {} : { execution: asked.execution }) };
  if ((await cutovers.putRunOwner(run, owner)) === 'conflict') {
    const first = await cutovers.readRunOwner(run);
    // Ours where an earlier try of this very execution got so far.
    if (first?.project !== project || first.execution !== asked.execution)
      return end(state, {
        code: 'InvalidInput',
        message: `another execution was the first to be named ${run} (of ${first?.project}${first?.execution === undefined ? '' : `, ${first.execution}`}); start this one under another name`,
      });
  }
  const fresh = begun(project, run, { ...DEFAULT_SETTINGS, ...settings, rehearse }, ports.clock.now());
  await cutovers.putCutover(fresh, { expectedVersion: 0 });
  const own = await cutovers.readCutover(project, run);
  if (own === undefined)
    throw new CheckFailed(`the record of cutover ${run} is not there although it was just written`);
  if (own.ending !== null) {
    const { code, message, outcome } = own.ending;
    if (outcome === 'REFUSED') return end(state, { code, message });
    return end(state, {
      code: 'InvalidInput',
      message: `a cutover named ${run} is over already (${outcome}); start it under another name`,
    });
  }
  for (let conflicts = 0; conflicts <= MAX_CONFLICTS; conflicts += 1) {
    const current = await cutovers.readCurrentCutover(project);
    if (current?.run === run) return go(state);
    const other = current === undefined ? undefined : await cutovers.readCutover(project, current.run);
    if (other !== undefined && other.ending === null) {
      const message = `the cutover ${other.run} of ${project} is under way since ${other.startedAt}, at ${other.phase}; wait for its end, or stop its execution`;
      const refusal = {
        outcome: 'REFUSED',
        code: 'CutoverAlreadyRunning',
        message,
        failedAt: '',
        repairFailed: false,
      } as const;
      await changeRecord(project, run, ports, (record) => closed(record, refusal, ports.clock.now()));
      return end(state, { code: 'CutoverAlreadyRunning', message });
    }
    const expectedVersion = current?.version ?? 0;
    const put = await cutovers.putCurrentCutover({ project, run, version: expectedVersion + 1 }, { expectedVersion });
    if (put === 'stored') return go(state);
  }
  throw new CheckFailed(`the current cutover of ${project} changed under this one ${MAX_CONFLICTS} times in a row`);
}
