/** The beginning of a cutover: reads the input of its execution, and allows one cutover at a time for each project. */

import { DEFAULTS } from '../../contract/defaults';
import type { CutoverBookkeeping, CutoverReply, CutoverSettings, CutoverState } from '../../contract/requests/cutover';
import { CUTOVER_INPUT_EXAMPLE, CutoverInputSchema } from '../../contract/requests/cutover-input';
import { STARTED_BY_EXECUTION } from '../../contract/requests/wait';
import { iso } from '../../contract/values/duration';
import { parse } from '../../contract/values/schema';
import { show } from '../../contract/values/text';
import { CheckFailed, InvalidInput } from '../model/errors';
import { recordOf } from '../model/fields';
import { guardedUntil, type RunOwner } from './record';
import { type CutoverPorts, endBeforeStop } from './record-update';
import { replyEnd, replyGo } from './reply';
import { newRecord } from './transitions';

const MAX_CONFLICTS = 50;
/** For the last of the repeated runs of resumeWrites to end. */
const LAST_RESUME_MS = 2 * 60_000;

const DEFAULT_SETTINGS: CutoverSettings = {
  maxLagSeconds: DEFAULTS.maxLagSeconds,
  holdSeconds: DEFAULTS.holdSeconds,
  drainTimeoutSeconds: DEFAULTS.drainTimeoutSeconds,
  marginSeconds: DEFAULTS.marginSeconds,
  approvalSeconds: null,
  switchover: 'none',
  switchoverTimeoutSeconds: DEFAULTS.switchoverTimeoutSeconds,
  verification: true,
  verify: false,
  rollback: false,
  rehearse: false,
  stopWritesTimeoutSeconds: DEFAULTS.stopWritesTimeoutSeconds,
  lateStopSeconds: DEFAULTS.longestFunctionSeconds,
};

/**
 * Order of effects: the owner of the run, on condition that there is none; the run's record; the project's pointer to its current run, on
 * condition. A crash before the pointer leaves the record of a run that never began; the same run may try again.
 */
export async function begin(
  { state: beginning, settings, resumeMachine }: Extract<CutoverBookkeeping, { action: 'begin' }>,
  ports: CutoverPorts,
): Promise<CutoverReply> {
  const { run, execution } = beginning;
  const { cutovers } = ports;
  let input: ExecutionInput;
  try {
    input = readExecutionInput(beginning.input, beginning.projectId);
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    return replyEnd({ ...beginning, projectId: '' }, error);
  }
  const project = input.projectId;
  // The safer setting counts: no input makes a pipeline act that only rehearses.
  const rehearse = beginning.rehearse || settings.rehearse === true || input.rehearse;
  const state: CutoverState = { ...beginning, projectId: project, rehearse };
  const invalid = (message: string) => replyEnd(state, { code: 'InvalidInput', message });
  const { pipeline } = ports;
  const ours: RunOwner = {
    project,
    input: beginning.input,
    ...(execution === undefined ? {} : { execution }),
    ...(resumeMachine === undefined ? {} : { resumeMachine }),
    ...(pipeline === undefined ? {} : { pipeline: pipeline.name, answersUrl: pipeline.answersUrl }),
  };
  if ((await cutovers.putRunOwner(run, ours)) === 'conflict') {
    const owner = await cutovers.readRunOwner(run);
    // Our own, where an earlier try of this execution got this far.
    if (owner?.project !== project || owner.execution !== execution) {
      const by = owner?.execution === undefined ? '' : `, ${owner.execution}`;
      return invalid(
        `the name ${run} belongs to an earlier execution (project ${owner?.project}${by}); start this one under another name`,
      );
    }
  }
  const fresh = newRecord(project, run, { ...DEFAULT_SETTINGS, ...settings, rehearse }, ports.clock.now());
  await cutovers.putCutover(fresh, { expectedVersion: 0 });
  const record = await cutovers.readCutover(project, run);
  if (record === undefined) throw new CheckFailed(`the record of cutover ${run} is missing right after it was stored`);
  // Before it can stop writes.
  if (execution !== undefined && record.ending === null) await cutovers.putOpenRun({ run, project, execution });
  if (record.ending !== null) {
    const { outcome } = record.ending;
    if (outcome === 'REFUSED') return replyEnd(state, record.ending);
    return invalid(`a cutover named ${run} has already ended (${outcome}); start this one under another name`);
  }
  for (let conflicts = 0; conflicts <= MAX_CONFLICTS; conflicts += 1) {
    const current = await cutovers.readCurrentCutover(project);
    if (current?.run === run) return replyGo(state);
    const other = current === undefined ? undefined : await cutovers.readCutover(project, current.run);
    if (other !== undefined && other.ending === null) {
      const message = `cutover ${other.run} of ${project} is running since ${other.startedAt} and is at ${other.phase}; wait until it ends, or stop its execution`;
      return replyEnd(state, await endBeforeStop(record, 'REFUSED', { code: 'CutoverAlreadyRunning', message }, ports));
    }
    const guarded = other === undefined ? null : guardedUntil(other);
    if (other !== undefined && guarded !== null && ports.clock.now() < guarded + LAST_RESUME_MS) {
      const message = `the step stopWrites of cutover ${other.run} may still be running, so its writes are resumed once a minute until ${iso(guarded)}; start this cutover after that`;
      return replyEnd(state, await endBeforeStop(record, 'REFUSED', { code: 'CutoverAlreadyRunning', message }, ports));
    }
    const expectedVersion = current?.version ?? 0;
    const put = await cutovers.putCurrentCutover({ project, run, version: expectedVersion + 1 }, { expectedVersion });
    if (put === 'stored') return replyGo(state);
  }
  throw new CheckFailed(
    `the current cutover of ${project} changed ${MAX_CONFLICTS} times in a row while this one began`,
  );
}

interface ExecutionInput {
  readonly projectId: string;
  readonly rehearse: boolean;
}

/** @param ofPipeline the project, where the pipeline is for one only. @throws InvalidInput that names every problem. */
function readExecutionInput(input: unknown, ofPipeline: string | undefined): ExecutionInput {
  const { [STARTED_BY_EXECUTION]: _mark, ...fields } = recordOf(input) ?? {};
  const parsed = parse(CutoverInputSchema, recordOf(input) === null ? input : fields);
  if (parsed.problems !== undefined) throw refusedInput(parsed.problems);
  const { projectId = ofPipeline, rehearse } = parsed.output;
  if (projectId === undefined) throw refusedInput(['projectId is required: a text such as p_x']);
  if (ofPipeline !== undefined && projectId !== ofPipeline)
    throw refusedInput([
      `projectId must be ${show(ofPipeline)} or left out: this pipeline is for that project, got ${show(projectId)}`,
    ]);
  return { projectId, rehearse };
}

function refusedInput(problems: readonly string[]): InvalidInput {
  return new InvalidInput([
    ...problems,
    `nothing was touched; start the cutover again with an input such as ${CUTOVER_INPUT_EXAMPLE}`,
  ]);
}
