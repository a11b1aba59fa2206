/** The exit statuses of the commands: a contract. */
import type { Verdict } from '../../lambda/contract/check-result';
import type { Outcome } from '../../lambda/contract/oms';
import type { ReasonText } from '../../lambda/contract/reason';
import { Interrupted, InvalidInput } from '../../lambda/core/model/errors';

export const EXIT = {
  /** Goal met; for `check`: OMS answered and was understood. */
  ok: 0,
  /** FAILED because of the migration. */
  migration: 1,
  /** Usage or configuration. */
  usage: 2,
  deadline: 3,
  /** OMS is unreachable, refused the request, or its reply was not understood. */
  oms: 4,
  /** Our own failure: the store, the disk, a bug. */
  ours: 5,
  interrupted: 130,
} as const;

export function exitOfVerdict(verdict: Verdict, reason: ReasonText): number {
  if (verdict === 'MET') return EXIT.ok;
  if (reason.code === 'DeadlineExceeded') return EXIT.deadline;
  if (reason.code.startsWith('Oms')) return EXIT.oms;
  if (reason.code === 'InvalidInput') return EXIT.usage;
  if (reason.code === 'CheckFailed') return EXIT.ours;
  return EXIT.migration;
}

export function exitOfPoll(outcome: Outcome): number {
  return outcome === 'OK' ? EXIT.ok : EXIT.oms;
}

export function exitOfError(error: unknown): number {
  if (error instanceof InvalidInput) return EXIT.usage;
  return error instanceof Interrupted ? EXIT.interrupted : EXIT.ours;
}
