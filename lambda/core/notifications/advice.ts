/** What whoever is told of a change does next. */

import { RESUMABLE_SECONDS } from '../../contract/defaults';
import type { FailedOutcome } from '../../contract/oms';
import type { Change, ChangeKind } from '../model/change';
import { formatDuration } from '../model/duration';
import { classOf } from '../model/status';

const NOTHING = 'nothing; watching goes on.';

const NO_ANSWER: Record<FailedOutcome, string> = {
  OmsUnreachable:
    'see that the OMS console answers on its port from where this runs; a wait fails on it after its outage grace.',
  OmsBadReply:
    'see that the address is that of OMS itself: a proxy, a login page or another service gives answers too. A wait fails on it after its outage grace.',
  OmsRefused: 'ask the OMS console for the same project; a wait fails on it after its outage grace.',
  OmsProjectNotFound:
    'compare the project id, whether it is a migration or a synchronisation, and the address with the OMS console.',
  OmsRejectedCredentials: 'put a working console account into the secret; it is read again by itself.',
};

const ADVICE: Record<Exclude<ChangeKind, 'status' | 'found' | 'unreachable' | 'cutover' | 'summary'>, string> = {
  answering: NOTHING,
  'credentials-refused':
    'put a working console account into the secret; it is read again by itself. Until then OMS is asked at the slowest pace.',
  'credentials-accepted': NOTHING,
  vanished:
    'look for the project in the OMS console. If it is gone, ask who released or deleted it; if nobody meant to, it must be made anew, and gets another id. If it is there, see whether this looks at the OMS that runs it (a failover, another address) and under its present id. A wait for it fails with MigrationGone.',
  back: 'start anew what waited for it: a wait fails at once where OMS knows its project no longer. Watching goes on.',
  stalled: 'look at the step in the OMS console: its log, the load on source and target, free disk.',
  moving: NOTHING,
  lagging: 'look at the incremental step in the OMS console and at the load on the source; do not cut over now.',
  'caught-up': NOTHING,
  expiring: 'resume the project in the OMS console, or accept that it must be started anew.',
  'may-never-finish': 'to cut over, wait for SYNCED, stop the writes, then wait for DRAINED.',
  'rollback-path-lost':
    'decide now whether to stay on the target; to keep the way back, see the reverse step in the OMS console and resume it.',
  'rollback-path-restored': NOTHING,
  test: 'nothing; somebody asked the doctor whether messages arrive.',
  'goal-met': 'go on with the cutover; the pipeline that waited does so by itself.',
};

export function adviceOn(change: Change): string {
  if (change.kind === 'cutover' || change.kind === 'summary') return change.notice?.advice ?? 'nothing.';
  if (change.kind === 'unreachable') return NO_ANSWER[change.outcome ?? 'OmsUnreachable'];
  if (change.kind !== 'status' && change.kind !== 'found') return ADVICE[change.kind];
  switch (classOf(change.status ?? '')) {
    case 'failed':
      return `open the failed step in the OMS console, mend the cause, resume. OMS can resume it for about ${formatDuration(RESUMABLE_SECONDS)}.`;
    case 'suspended':
      return `somebody paused it; resume it in the OMS console within about ${formatDuration(RESUMABLE_SECONDS)}, after which OMS cannot.`;
    case 'finished':
      return 'check the target, then go on with what waits for it.';
    case 'gone':
      return 'if nobody meant to release it, talk to whoever runs OMS now; it cannot be undone.';
    case 'unknown':
      return 'look at the project in the OMS console: this status is new to oms-cutover, which takes it for neither success nor failure.';
    default:
      return NOTHING;
  }
}
