/** `status` and `receipt`: the current state of a cutover, and the record of everything it did. */

import { manualActionLines, receiptText } from '../../lambda/core/cutover/receipt';
import { type CutoverRecord, mayBeStopped } from '../../lambda/core/cutover/record';
import { InvalidInput } from '../../lambda/core/model/errors';
import { type Command, type Io, JSON_FLAG, PROJECT_FLAG } from '../input/command';
import { PLACE_FLAGS, type Place, RUN_FLAG, readPlace } from '../input/cutover-place';
import type { Flags } from '../input/flags';
import { JsonLines } from '../output/json-lines';

const FLAGS = { ...RUN_FLAG, ...PROJECT_FLAG, ...PLACE_FLAGS, ...JSON_FLAG };

export const receiptCommand: Command = {
  name: 'receipt',
  summary: 'print the receipt of a cutover',
  flags: FLAGS,
  run: (flags, io) =>
    withRecord(flags, io, (record, json) => {
      if (json === null) io.stdout(`${receiptText(record)}\n`);
      else json.print({ type: 'receipt', ...record });
    }),
};

export const statusCommand: Command = {
  name: 'status',
  summary: 'show the current state of a cutover',
  flags: FLAGS,
  run: (flags, io) =>
    withRecord(flags, io, (record, json) => {
      const line = statusOf(record);
      if (json !== null) json.print({ type: 'status', ...line });
      else io.stdout(`${wordsOf(record, line)}\n`);
    }),
};

export function statusOf(record: CutoverRecord) {
  const asked = record.asked.find(({ question }) => question === record.question);
  return {
    project: record.project,
    run: record.run,
    phase: record.phase,
    outcome: record.ending?.outcome ?? null,
    reason: record.ending === null ? null : { code: record.ending.code, message: record.ending.message },
    byHand: record.ending?.byHand ?? null,
    startedAt: record.startedAt,
    endedAt: record.ending?.at ?? null,
    writesStopped: mayBeStopped(record),
    waitsForApprovalUntil:
      asked !== undefined && asked.decision === null && record.ending === null ? asked.expiresAt : null,
    lastGate: record.gates.at(-1) ?? null,
    step: record.steps.findLast(({ endedAt }) => endedAt === null)?.step ?? null,
  };
}

function wordsOf(record: CutoverRecord, line: ReturnType<typeof statusOf>): string {
  const writes = line.writesStopped ? 'WRITES ARE, OR MAY BE, STOPPED' : 'it does not hold writes stopped';
  const where = line.outcome === null ? `at ${line.phase}` : `ended ${line.outcome}`;
  const rows = [`${record.run} of ${record.project}: ${where}; ${writes}`];
  if (line.step !== null) rows.push(`running step ${line.step}`);
  if (line.waitsForApprovalUntil !== null) rows.push(`waiting for approval until ${line.waitsForApprovalUntil}`);
  if (line.lastGate !== null)
    rows.push(`last gate ${line.lastGate.gate} ${line.lastGate.verdict}: ${line.lastGate.value}`);
  if (line.reason !== null) rows.push(`${line.reason.code}: ${line.reason.message}`);
  if (line.byHand !== null) rows.push(...manualActionLines(line.byHand));
  return rows.join('\n');
}

async function withRecord(
  flags: Flags,
  io: Io,
  show: (record: CutoverRecord, json: JsonLines | null) => void,
): Promise<number> {
  const run = flags.required('run', 'the name of the execution');
  const project = flags.text('project');
  const open = readPlace(flags);
  flags.settle();
  const place = await open();
  try {
    show(await readRecord(place, run, project), flags.has('json') ? new JsonLines(io.stdout) : null);
    return 0;
  } finally {
    await place.close();
  }
}

async function readRecord({ cutovers, where }: Place, run: string, given: string | undefined): Promise<CutoverRecord> {
  const project = given ?? (await cutovers.readRunOwner(run))?.project;
  const record = project === undefined ? undefined : await cutovers.readCutover(project, run);
  if (record === undefined) throw new InvalidInput([`cutover ${run} was not found in ${where}`]);
  return record;
}
