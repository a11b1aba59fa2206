/** `resume`: has the writes of a cutover resumed by the pipeline's own resume machine, and waits for its end. */
import { StepFunctionsExecutions } from '../../lambda/adapters/aws/step-functions-executions';
import { InvalidInput } from '../../lambda/core/model/errors';
import { type Command, type Io, JSON_FLAG, PROJECT_FLAG } from '../input/command';
import { PLACE_FLAGS, RUN_FLAG, readPlace } from '../input/cutover-place';
import type { Flags } from '../input/flags';
import { EXIT } from '../output/exit-status';
import { JsonLines } from '../output/json-lines';
import { readProject } from './wait';

const POLL_MS = 2_000;

export const resumeCommand: Command = {
  name: 'resume',
  summary: 'resume the writes that a cutover has stopped',
  flags: { ...PROJECT_FLAG, ...RUN_FLAG, ...PLACE_FLAGS, ...JSON_FLAG },
  run: resume,
};

async function resume(flags: Flags, io: Io): Promise<number> {
  const project = readProject(flags);
  const run = flags.required('run', 'the name of the execution, as in the e-mail');
  const region = flags.text('region');
  const open = readPlace(flags);
  flags.settle();
  const place = await open();
  try {
    const owner = await place.cutovers.readRunOwner(run);
    if (owner?.project !== project)
      throw new InvalidInput([`no cutover ${run} of project ${project} is stored in ${place.where}`]);
    if (!place.isDeployed || owner.resumeMachine === undefined)
      throw new InvalidInput([`cutover ${run} has no resume machine: do manually what its step resumeWrites does`]);
    // Loaded late: only this command needs it.
    const { SFNClient } = await import('@aws-sdk/client-sfn');
    const client = new SFNClient(region === undefined ? {} : { region });
    try {
      const executions = new StepFunctionsExecutions(client);
      const execution = await executions.start(owner.resumeMachine, { project, run });
      let state = await executions.describe(execution);
      while (state.status === 'RUNNING') {
        await io.clock.sleep(POLL_MS, io.signal);
        state = await executions.describe(execution);
      }
      const record = await place.cutovers.readCutover(project, run);
      const outcome = record?.ending?.outcome ?? null;
      const { status, error = null, cause = null } = { error: undefined, cause: undefined, ...state };
      if (flags.has('json'))
        new JsonLines(io.stdout).print({ type: 'resume', project, run, execution, status, error, cause, outcome });
      else io.stdout(`${status}${error === null ? '' : ` ${error}: ${cause}`}; cutover ${run}: ${outcome ?? 'open'}\n`);
      return status === 'SUCCEEDED' ? EXIT.ok : EXIT.migration;
    } finally {
      client.destroy();
    }
  } finally {
    await place.close();
  }
}
