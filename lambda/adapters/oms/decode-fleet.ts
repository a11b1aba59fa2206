/** What only the 4.1.1 calls tell: the list of projects, and the steps of one with their errors. */

import type { OmsWords } from '../../contract/oms';
import { projectIdProblem } from '../../contract/project-id';
import type { ListedProject } from '../../core/ports';
import { textOf, words } from './envelope';
import { type Decoding, own } from './values';

export interface ListedPage {
  readonly projects: readonly ListedProject[];
  /** All entries, the unusable ones too. */
  readonly entries: number;
}

/** One page of ListProjects; null when `data` is no list. An entry without a usable id or status cannot be watched and is left out. */
export function decodeProjects(data: unknown, decoding: Decoding): ListedPage | null {
  if (!Array.isArray(data)) return null;
  const projects = data.flatMap((entry) => {
    const id = own(entry, 'id');
    const status = textOf(own(entry, 'status'), decoding);
    if (typeof id !== 'string' || projectIdProblem(id) !== null || status === null) return [];
    const kind = own(entry, 'type') === 'SYNC' ? 'sync' : 'migration';
    return [{ id, name: textOf(own(entry, 'name'), decoding), kind, status } satisfies ListedProject];
  });
  return { projects, entries: data.length };
}

/** The first failed step in OMS's words; nothing when none failed or the reply is no list of steps. */
export function decodeFailedStep(data: unknown, decoding: Decoding): OmsWords {
  if (!Array.isArray(data)) return {};
  const failed = data.find((step) => own(step, 'status') === 'FAILED');
  if (failed === undefined) return {};
  const extra = own(failed, 'extraInfo');
  const details = own(extra, 'errorDetails');
  // A list on the page; a single object costs nothing to read.
  const detail = Array.isArray(details) ? details[0] : details;
  const text = (name: string) => textOf(own(detail, name), decoding);
  return words({
    failedStep: textOf(own(failed, 'name'), decoding),
    failedStepMessage: text('message') ?? textOf(own(extra, 'errorMsg'), decoding),
    level: text('level'),
    reason: text('reason'),
    proposal: text('proposal'),
  });
}
