/** `approve` and `reject`: an operator's answer to a cutover, recorded under their own identity. */

import { UNPRINTABLE } from '../../lambda/contract/text';
import { answerCutover } from '../../lambda/core/cutover/approval';
import { type Command, type Io, JSON_FLAG, PROJECT_FLAG } from '../input/command';
import { PLACE_FLAGS, RUN_FLAG, readPlace } from '../input/cutover-place';
import type { Flags } from '../input/flags';
import { JsonLines } from '../output/json-lines';
import { readProject } from './wait';

const FLAGS = {
  ...PROJECT_FLAG,
  ...RUN_FLAG,
  note: { value: 'TEXT', about: 'recorded in the receipt' },
  ...PLACE_FLAGS,
  ...JSON_FLAG,
};
const LONGEST_NOTE = 300;

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
  const project = readProject(flags);
  const run = flags.required('run', 'the name of the execution, as in the e-mail');
  const note = flags.text('note');
  if (note !== undefined && (note.length > LONGEST_NOTE || UNPRINTABLE.test(note)))
    flags.problems.push(`--note must have at most ${LONGEST_NOTE} characters, and no control characters`);
  const open = readPlace(flags);
  flags.settle();
  const place = await open();
  try {
    const by = await place.whoAmI();
    const request = { project, run, approve, by, now: io.clock.now(), ...(note === undefined ? {} : { note }) };
    const decision = await answerCutover(request, place.cutovers);
    if (flags.has('json')) new JsonLines(io.stdout).print({ type: 'decision', project, ...decision });
    else io.stdout(`${decision.decision} by ${decision.by} at ${decision.at}\n`);
    return 0;
  } finally {
    await place.close();
  }
}
