/** The steps of a project: the one that failed, and the full verification with what it found. A verification fails closed. */

import type { OmsWords } from '../../contract/oms';
import { plain } from '../../contract/values/text';
import type { Verification } from '../../core/ports';
import { printable, words } from './envelope';
import type { FailedReply, GoodReply } from './reply';
import { LARGEST_PAGE } from './requests';
import { asText, type Decoding, own } from './values';

/** Table results by OceanBase's own client. Any other, a new one too, is neither clean nor a difference. */
const CLEAN_TABLES = new Set(['CONSISTENT', 'BOTH_EMPTY']);
const DIFFERENT_TABLES = new Set([
  'INCONSISTENT',
  'TARGET_TABLE_NOT_EXIST',
  'SCHEMA_MISMATCH',
  'INDEX_CONFLICT',
  'SOURCE_EMPTY',
  'TARGET_EMPTY',
  'MISMATCH_LIMIT',
  'MISMATCH_LIMIT_NO_PK',
]);
/** So many tables are named in a message. */
const NAMED_TABLES = 5;

type Read = GoodReply | FailedReply;

export interface VerificationCalls {
  /** DescribeProjectSteps. */
  steps(): Promise<Read>;
  /** ListProjectFullVerifyResult; pages count from 1. */
  results(pageNumber: number): Promise<Read>;
}

/** @param hasTheCalls this OMS has answered calls of 4.1.1, so that one that seems missing is a fault of the moment. */
export async function readVerification(hasTheCalls: boolean, calls: VerificationCalls): Promise<Verification> {
  const steps = await calls.steps();
  if (!steps.ok) {
    return steps.callIsMissing === 'YES' && !hasTheCalls
      ? { state: 'NOT_THERE', message: 'this OMS has no call that reports verifications (4.1.1 and later have)' }
      : unknown(steps.problem);
  }
  const { data } = steps.enveloped;
  const names = Array.isArray(data) ? data.map((step) => own(step, 'name')) : [];
  if (!Array.isArray(data) || names.length === 0 || names.some((name) => typeof name !== 'string'))
    return unknown('OMS gave no list of steps with their names');
  const verifying: readonly unknown[] = data.filter((_, i) => isFullVerification(String(names[i])));
  if (verifying.length === 0) return { state: 'NOT_THERE', message: 'the project has no full verification' };
  const unfinished = verifying.find((step) => !isComplete(step));
  return unfinished === undefined ? readResults(calls) : underWay(unfinished);
}

/** Accepts new names: a verification that is overlooked would not be waited for. The incremental verification never ends. */
function isFullVerification(name: string): boolean {
  return /VERIF|VALID/i.test(name) && !/INCR/i.test(name);
}

/** As OceanBase's own client reads it: the step goes on RUNNING at 100 %. Inferred: FINISHED, as other steps end. */
function isComplete(step: unknown): boolean {
  const [status, progress] = [own(step, 'status'), own(step, 'progress')];
  const isWhole = progress === 100 || progress === '100';
  return (
    (status === 'RUNNING' && isWhole) ||
    (status === 'FINISHED' && (isWhole || progress === undefined || progress === null))
  );
}

function underWay(step: unknown): Verification {
  const [status, progress] = [own(step, 'status'), own(step, 'progress')].map((value) => plain(asText(value), 64));
  return { state: 'UNDER_WAY', message: `full verification is ${status} at ${progress} %, must be at 100 %` };
}

/** Every page: a table that is missing on the target has no rows that differ, and shows by its result only. */
async function readResults({ results }: VerificationCalls): Promise<Verification> {
  const different: string[] = [];
  const unclear: string[] = [];
  const running: string[] = [];
  let received = 0;
  for (let page = 1; ; page++) {
    const reply = await results(page);
    if (!reply.ok) return unknown(reply.problem);
    const { data, envelope } = reply.enveloped;
    const rows = own(data, 'differentNumber');
    if (typeof rows !== 'number' || !Number.isSafeInteger(rows) || rows < 0)
      return unknown('OMS gave no usable "differentNumber" for the full verification');
    const tables = own(data, 'fullVerifyTableStatistics') ?? [];
    if (!Array.isArray(tables)) return unknown('OMS gave no list of tables for the full verification');
    for (const table of tables) {
      const result = own(table, 'resultType');
      const shown = `${tableName(table, reply.decoding)}: ${reply.decoding.clean(asText(result), 64)}`;
      if (result === 'RUNNING') running.push(shown);
      else if (DIFFERENT_TABLES.has(asText(result))) different.push(shown);
      else if (!CLEAN_TABLES.has(asText(result))) unclear.push(shown);
    }
    received += tables.length;
    const isLast = envelope.totalCount === null ? tables.length < LARGEST_PAGE : received >= envelope.totalCount;
    if (rows > 0 || (isLast && different.length > 0)) return differs(rows, different);
    if (isLast && unclear.length > 0) return unknown(`full verification has no result for ${some(unclear)}`);
    if (isLast && running.length > 0)
      return { state: 'UNDER_WAY', message: `full verification is under way for ${some(running)}` };
    if (isLast) return { state: 'CLEAN', message: 'full verification found no difference' };
    if (tables.length === 0)
      return unknown(`OMS gave the results of only ${received} of ${envelope.totalCount} tables`);
  }
}

function differs(rows: number, tables: readonly string[]): Verification {
  const found = [
    ...(rows === 0 ? [] : [rows === 1 ? '1 difference' : `${rows} differences`]),
    ...(tables.length === 0 ? [] : [some(tables)]),
  ];
  return { state: 'DIFFERENT', message: `full verification found ${found.join('; ')}; it must find none` };
}

function some(tables: readonly string[]): string {
  const more = tables.length - NAMED_TABLES;
  return [...tables.slice(0, NAMED_TABLES), ...(more > 0 ? [`${more} more tables`] : [])].join(', ');
}

function tableName(table: unknown, decoding: Decoding): string {
  const parts = ['sourceSchemaName', 'sourceTableName'].map((name) => printable(own(table, name), decoding) ?? '?');
  return parts.map((part) => plain(part, 64)).join('.');
}

function unknown(message: string): Verification {
  return { state: 'UNKNOWN', message };
}

/** The first failed step in OMS's words; nothing when none failed or the reply is not a list of steps. */
export function decodeFailedStep(data: unknown, decoding: Decoding): OmsWords {
  if (!Array.isArray(data)) return {};
  const failed = data.find((step) => own(step, 'status') === 'FAILED');
  if (failed === undefined) return {};
  const extra = own(failed, 'extraInfo');
  const details = own(extra, 'errorDetails');
  // A list on the page; a single object costs nothing to read.
  const detail = Array.isArray(details) ? details[0] : details;
  const text = (name: string) => printable(own(detail, name), decoding);
  return words({
    failedStep: printable(own(failed, 'name'), decoding),
    failedStepCode: text('code') ?? printable(own(extra, 'errorCode'), decoding),
    failedStepMessage: text('message') ?? printable(own(extra, 'errorMsg'), decoding),
    level: text('level'),
    reason: text('reason'),
    proposal: text('proposal'),
  });
}
