/** The table of outcomes in docs/oms.md, as markdown, from situations that were played. */

import type { FailedOutcome } from '../../../lambda/contract/oms';
import type { Observation } from '../../../lambda/core/model/progress';
import { classOf } from '../../../lambda/core/model/status';
import type { Played } from './run';
import type { Situation } from './situations';

/** Whether a wait ends on it, by the design's graces. */
const WAIT_ENDS: Record<FailedOutcome, string> = {
  OmsUnreachable: 'after 1 h of it',
  OmsRejectedCredentials: 'at once on the first poll, later after 5 min of it',
  OmsProjectNotFound: 'at once',
  OmsRefused: 'after 1 h of it',
  OmsBadReply: 'after 1 h of it',
};

export const TABLE_HEAD = [
  '| situation | outcome | what the user sees | tried again | a wait ends |',
  '|---|---|---|---|---|',
];

/** One line, the same in every run: ports and measured times are taken out. */
export function tableRow(situation: Situation, { observation, endpoint, requests }: Played): string {
  const seen =
    observation.outcome === 'OK'
      ? observation.anomalies.map(({ field, value, problem }) => `${field} \`${value}\`: ${problem}`).join('; ')
      : observation.problem
          .replaceAll(endpoint, 'http://OMS')
          .replace(/after 0\.\d s/, 'after 0.0 s')
          // Without a name server the sentence says so.
          .replace(/does not resolve: .*$/, 'does not resolve');
  const isLookedFor = observation.outcome === 'OmsProjectNotFound';
  const again = isLookedFor
    ? 'no, but looked for as the other kind'
    : requests.length > 1
      ? `yes, ${requests.length} requests`
      : TRIED_UNSEEN.test(seen)
        ? 'yes'
        : 'no';
  return `| ${[situation.title, observation.outcome, seen || '(no anomaly)', again, waitEnds(observation)].map(cell).join(' | ')} |`;
}

function waitEnds(observation: Observation): string {
  if (observation.outcome !== 'OK') return WAIT_ENDS[observation.outcome];
  return classOf(observation.progress.status) === 'unknown' ? 'as `UnknownStatus` after 10 min of it' : 'by the goal';
}

/** Tries that never reach a peer, so that none are counted. */
const TRIED_UNSEEN = /connection refused|does not resolve/;

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
}
