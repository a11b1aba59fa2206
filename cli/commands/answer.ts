/** `approve` and `reject`: an operator's answer to a cutover, recorded under their own identity. */

import { LONGEST_NOTE } from '../../lambda/contract/requests/answer';
import { UNPRINTABLE } from '../../lambda/contract/values/text';
import { ANSWER_FLAGS, readAnswers } from '../input/answers';
import { type Command, type Io, JSON_FLAG, PROJECT_FLAG } from '../input/command';
import { RUN_FLAG } from '../input/cutover-place';
import type { Flags } from '../input/flags';
import { JsonLines } from '../output/json-lines';
import { readProject } from './wait';

const FLAGS = {
  ...PROJECT_FLAG,
  ...RUN_FLAG,
  note: { value: 'TEXT', about: 'recorded in the receipt' },
  ...ANSWER_FLAGS,
  ...JSON_FLAG,
};

export const approveCommand: Command = {
  name: 'approve',
  summary: 'approve a cutover that waits for approval',
  flags: FLAGS,
  run: (flags, io) => answer(true, flags, io),
};

export const rejectCommand: Command = {
  name: 'reject',
  summary: 'reject a cutover, or cancel it before writes are stopped',
  flags: FLAGS,
  run: (flags, io) => answer(false, flags, io),
};

async function answer(approve: boolean, flags: Flags, io: Io): Promise<number> {
  const projectId = readProject(flags);
  const run = flags.required('run', 'the name of the execution, as in the e-mail');
  const note = flags.text('note');
  if (note !== undefined && (note.length > LONGEST_NOTE || UNPRINTABLE.test(note)))
    flags.problems.push(`--note must have at most ${LONGEST_NOTE} characters, and no control characters`);
  const send = readAnswers(flags, io.clock);
  flags.settle();
  const decision = await send({ projectId, run, approve, ...(note === undefined ? {} : { note }) });
  if (flags.has('json')) new JsonLines(io.stdout).print({ type: 'decision', project: projectId, ...decision });
  else io.stdout(`${decision.decision} by ${decision.by} at ${decision.at}\n`);
  return 0;
}
