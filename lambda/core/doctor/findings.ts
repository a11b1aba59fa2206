/** What is well and what is not, and what to do about it: findings out of facts, about the way to a migration, and whether it stands. */
import { formatDuration, iso } from '../model/duration';
import type { Observation } from '../model/progress';
import type { ProjectState } from '../model/project-state';
import { classOf } from '../model/status';
import { isMuted } from '../notifications/mute';
import { PLAUSIBLE_FUTURE_MS } from '../observe/lag';
import type { Subscription } from '../ports';

export const FINDING_STATES = ['ok', 'attention', 'problem'] as const;
/** `attention`: works, and somebody should know; `problem`: does not work. */
export type FindingState = (typeof FINDING_STATES)[number];

export interface Finding {
  readonly check: string;
  readonly state: FindingState;
  readonly seen: string;
  /** Null where all is well. */
  readonly todo: string | null;
}

/** Asked for where no project is named: an OMS that knows no such project has understood us and taken the account. */
export const NOBODYS_PROJECT = 'p_omscutoverdoctor';

/** A checkpoint further ahead of our clock than this is not believed (see lag.ts), and a drained wait would not end. */
const SKEW_LIMIT_SECONDS = PLAUSIBLE_FUTURE_MS / 1000;
/** Date headers are whole seconds, and requests take their time. */
const SKEW_WELL_SECONDS = 5;

const FAMILIES = { '3.3': 'the calls of 3.3.0 to 4.1.0', '4.1.1': 'the calls of 4.1.1 and later' } as const;

export const ok = (check: string, seen: string): Finding => ({ check, state: 'ok', seen, todo: null });
export const attention = (check: string, seen: string, todo: string): Finding => ({
  check,
  state: 'attention',
  seen,
  todo,
});
export const problem = (check: string, seen: string, todo: string): Finding => ({
  check,
  state: 'problem',
  seen,
  todo,
});

/** The worst there is. */
export function stateOf(findings: readonly Finding[]): FindingState {
  return FINDING_STATES.findLast((state) => findings.some((finding) => finding.state === state)) ?? 'ok';
}

/** @param project null where none was named and `NOBODYS_PROJECT` was asked for. */
export function findingsOfOms(observation: Observation, project: string | null): readonly Finding[] {
  return [
    reachable(observation),
    credentials(observation),
    version(observation),
    clock(observation),
    ...(project === null ? withoutProject(observation) : [known(observation, project)]),
  ];
}

function reachable(observation: Observation): Finding {
  if (observation.outcome === 'OmsUnreachable')
    return problem(
      'reachable',
      observation.problem,
      'see that the endpoint is right, that the OMS console answers on its port, and that routes and security groups let this side reach it',
    );
  if (observation.outcome === 'OmsBadReply' && observation.api === null)
    return problem(
      'reachable',
      observation.problem,
      'see that the endpoint is the address of the OMS console, and not of another server or a proxy before it',
    );
  return ok('reachable', 'OMS answers');
}

function credentials(observation: Observation): Finding {
  switch (observation.outcome) {
    case 'OK':
    case 'OmsProjectNotFound':
      return ok('credentials', 'OMS accepts the account');
    case 'OmsRejectedCredentials':
      return problem(
        'credentials',
        observation.problem,
        'give a console account that can log in to OMS; where OMS redirects to https, give the endpoint as https',
      );
    case 'OmsRefused':
      return attention(
        'credentials',
        `OMS answers, and refuses: ${observation.problem}`,
        'see what the account may do in OMS',
      );
    default:
      return notKnown('credentials');
  }
}

function version(observation: Observation): Finding {
  return observation.api === null ? notKnown('version') : ok('version', `OMS has ${FAMILIES[observation.api]}`);
}

function clock({ clockSkewMs }: Observation): Finding {
  if (clockSkewMs === null)
    return attention('clock', 'not known: OMS did not say what time it is', 'compare the clock of OMS with this one');
  const skew = Math.round(clockSkewMs / 1000);
  const apart = Math.abs(skew);
  const seen = `the clock of OMS is ${apart === 0 ? 'right' : `${formatDuration(apart)} ${skew > 0 ? 'ahead of' : 'behind'} this one`}`;
  if (apart <= SKEW_WELL_SECONDS) return ok('clock', seen);
  const what =
    apart > SKEW_LIMIT_SECONDS
      ? 'lag may be wrong by as much, and a wait for DRAINED may never end'
      : 'lag may be wrong by as much';
  return attention('clock', `${seen}: ${what}`, 'let both follow the same time servers (NTP)');
}

function known(observation: Observation, project: string): Finding {
  switch (observation.outcome) {
    case 'OK':
      if (observation.anomalies.length === 0) return stands(observation.progress.status, project);
      return attention(
        'project',
        `OMS knows ${project}: ${observation.progress.status}; odd in its reply: ${observation.anomalies.map(({ field }) => field).join(', ')}`,
        'see the anomalies of a check; a gate that needs such a field stays closed',
      );
    case 'OmsProjectNotFound':
      return problem(
        'project',
        observation.problem,
        'give the id as the OMS console shows it, and the kind of the project (migration or sync)',
      );
    case 'OmsRefused':
    case 'OmsBadReply':
      return observation.api === null
        ? notKnown('project')
        : problem('project', observation.problem, 'see the project in the OMS console');
    default:
      return notKnown('project');
  }
}

/** The way to it is well; that it stands is for somebody to know all the same. */
function stands(status: string, project: string): Finding {
  const seen = `OMS knows ${project}: ${status}`;
  switch (classOf(status)) {
    case 'failed':
      return attention('project', seen, 'open the failed step in the OMS console, mend the cause, resume');
    case 'suspended':
      return attention('project', seen, 'resume it in the OMS console, unless somebody means it to stand');
    case 'gone':
      return attention('project', seen, 'if nobody meant to release it, talk to whoever runs OMS now');
    case 'unknown':
      return attention('project', seen, 'look at the project in the OMS console: this status is not known here');
    default:
      return ok('project', seen);
  }
}

/** That nobody's project is not there is no finding. */
function withoutProject(observation: Observation): readonly Finding[] {
  const odd =
    observation.outcome === 'OmsRefused' || (observation.outcome === 'OmsBadReply' && observation.api !== null);
  return odd ? [attention('project', observation.problem, 'name a project, so that more can be said')] : [];
}

function notKnown(check: string): Finding {
  return attention(check, 'not known: OMS gave no answer that says it', 'put the problem above right first');
}

/** Where the credentials themselves could not be had, OMS was not asked. */
export function secretUnreadable(message: string): Finding {
  return problem(
    'credentials',
    message,
    'see that the secret is there, holds JSON with "username" and "password", and may be read (its key too)',
  );
}

export function findingOfMute(projectState: ProjectState | undefined, now: number): readonly Finding[] {
  if (projectState?.mutedUntil === undefined || !isMuted(projectState, now)) return [];
  const kept = `${projectState.pending.length} change${projectState.pending.length === 1 ? '' : 's'} kept`;
  return [
    attention(
      'mute',
      `muted until ${iso(projectState.mutedUntil)}, ${kept}`,
      'nothing, if the window is meant; else end it',
    ),
  ];
}

export function findingsOfSubscriptions(subscriptions: readonly Subscription[]): readonly Finding[] {
  const topic = ok('topic', 'the topic of changes answers');
  const confirmed = subscriptions.filter((subscription) => subscription.confirmed);
  const open = subscriptions
    .filter((subscription) => !subscription.confirmed)
    .map(({ protocol, endpoint }) => `${protocol} ${endpoint}`);
  const seen = `${confirmed.length} confirmed`;
  if (subscriptions.length === 0)
    return [
      topic,
      problem('subscriptions', 'nobody is subscribed', 'subscribe an e-mail address or a queue to the topic'),
    ];
  if (open.length === 0) return [topic, ok('subscriptions', seen)];
  const finding = confirmed.length === 0 ? problem : attention;
  return [
    topic,
    finding(
      'subscriptions',
      `${seen}; not confirmed: ${open.join(', ')}`,
      'follow the link in the e-mail that SNS sent (it lasts three days; subscribe again after that)',
    ),
  ];
}
