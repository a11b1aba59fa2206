/** The OMS adapter: polls projects through whichever family of calls this OMS has, and lists them where it can. */

import type { OmsApi, OmsWords, ProjectKind } from '../../contract/oms';
import { joined, withoutStop } from '../../contract/values/text';
import type { Observation } from '../../core/model/progress';
import { believedSkewMs } from '../../core/observe/lag';
import type {
  CredentialsSource,
  Fleet,
  ListedProject,
  ListingFailure,
  Oms,
  PollHint,
  Verification,
  Verifier,
} from '../../core/ports';
import { Deadline } from './http/deadline';
import { OmsHttp, type OmsRequest } from './http/transport';
import { decodeProgress } from './progress';
import { listProjects } from './project-list';
import { Secrets } from './redact';
import { type FailedReply, type GoodReply, readReply, skewOf } from './reply';
import { progressRequest, projectsRequest, stepsRequest, verificationRequest } from './requests';
import { OmsSession } from './session';
import { Decoding } from './values';
import { decodeFailedStep, readVerification } from './verification';

export interface OmsClientOptions {
  /** Base address, as `omsEndpointProblem` accepts it. */
  readonly endpoint: string;
  /** `auto`: find out which calls this OMS has, at the start and after an upgrade. */
  readonly api: 'auto' | OmsApi;
  /** Which GET of the 3.3 calls; the 4.1.1 calls have one for both kinds. */
  readonly kind: ProjectKind;
  readonly credentials: CredentialsSource;
  /** Over one poll, everything included. */
  readonly requestTimeoutMs: number;
  /** PEM text of authorities to trust beside the public ones. */
  readonly ca?: string;
  /** For time stamps only; the deadline runs on real time. */
  readonly clock: { now(): number };
  /** 0 up to 1, for the pauses between tries. Default Math.random. */
  readonly random?: () => number;
}

interface Times {
  readonly requestedAt: number;
  readonly answeredAt: number;
  readonly clockSkewMs: number | null;
}

interface Attempt {
  readonly observation: Observation;
  readonly callIsMissing: FailedReply['callIsMissing'];
}

/** For what only helps a person. Less than a poll may be late and still continue a series (core/observe/series.ts). */
const EXTRA_MS = 2_000;

const KIND_WORDS: Record<ProjectKind, string> = { migration: 'migration', sync: 'synchronization' };

/** For all pages of a list: half of an invocation. */
const LISTING_MS = 90_000;

export class OmsClient implements Oms, Fleet, Verifier {
  private readonly options: OmsClientOptions;
  private readonly http: OmsHttp;
  private readonly secrets = new Secrets();
  private readonly session: OmsSession;
  /** What answered last; only a start for projects that bring no hint. */
  private lastApi: OmsApi | undefined;

  /** Throws InvalidInput when `ca` is not a PEM certificate. */
  constructor(options: OmsClientOptions) {
    this.options = options;
    this.http = new OmsHttp({ random: Math.random, ...options });
    this.session = new OmsSession(this.http, options.credentials, this.secrets);
  }

  /** See the port. Throws InvalidInput for an impossible project id, CheckFailed when the credentials cannot be read. */
  async poll(projectId: string, hint: PollHint = {}): Promise<Observation> {
    const { api, kind, requestTimeoutMs } = this.options;
    // Before any deadline: an impossible id is not an outage.
    progressRequest('3.3', kind, projectId);
    const { withinMs = requestTimeoutMs, signal } = hint;
    const deadline = new Deadline(Math.min(requestTimeoutMs, withinMs), signal);
    try {
      const first = api === 'auto' ? await this.startingApi(hint, deadline) : api;
      let attempt = await this.observe(first, projectId, deadline);
      if (api === 'auto' && attempt.callIsMissing !== 'NO') {
        attempt = await this.observeThroughOther(first, projectId, attempt, deadline);
      }
      if (attempt.observation.api !== null) this.lastApi = attempt.observation.api;
      const named = await this.withOtherKind(attempt.observation, projectId, deadline, signal);
      return await this.withFailedStep(named, projectId, deadline, signal);
    } finally {
      deadline.clear();
    }
  }

  async listProjects(signal?: AbortSignal): Promise<readonly ListedProject[] | ListingFailure> {
    if (this.options.api === '3.3') {
      return {
        outcome: 'OmsRefused',
        problem: 'the 3.3 calls cannot list projects (4.1.1 and later can); name the projects',
        missingCall: true,
      };
    }
    const began = performance.now();
    const readPage = async (page: number) => {
      const deadline = new Deadline(this.options.requestTimeoutMs, signal);
      try {
        return await this.read(projectsRequest(page), deadline);
      } finally {
        deadline.clear();
      }
    };
    return await listProjects(readPage, () => performance.now() - began < LISTING_MS);
  }

  async verification(projectId: string, seenBefore: OmsApi | null): Promise<Verification> {
    const { api, kind, requestTimeoutMs } = this.options;
    progressRequest('3.3', kind, projectId);
    if (api === '3.3') return { state: 'NOT_THERE', message: 'the 3.3 calls cannot report verifications' };
    const hasTheCalls = [api, this.lastApi, seenBefore].includes('4.1.1');
    const deadline = new Deadline(requestTimeoutMs);
    try {
      return await readVerification(hasTheCalls, {
        steps: () => this.read(stepsRequest(projectId), deadline),
        results: (page) => this.read(verificationRequest(projectId, page), deadline),
      });
    } finally {
      deadline.clear();
    }
  }

  /** Ends kept connections; a poll under way ends as unreachable. */
  async close(): Promise<void> {
    await this.http.close();
  }

  /** Our own memory, else the caller's, else the oldest family, which the page this project is built on describes. */
  private async startingApi(hint: PollHint, deadline: Deadline): Promise<OmsApi> {
    if (this.lastApi !== undefined) return this.lastApi;
    // Only a hint: a store that cannot be read fails the check elsewhere.
    const hinted = await deadline.within(Promise.resolve(hint.api?.()).catch(() => undefined));
    deadline.throwIfInterrupted();
    return hinted ?? '3.3';
  }

  private async observe(api: OmsApi, projectId: string, deadline: Deadline): Promise<Attempt> {
    const request = progressRequest(api, this.options.kind, projectId);
    const { times, ...reply } = await this.read(request, deadline);
    if (!reply.ok) {
      const { outcome, problem, anomalies, said, spoke, callIsMissing, retryAfterMs } = reply;
      const answeredBy = spoke && callIsMissing === 'NO' && outcome !== 'OmsRejectedCredentials' ? api : null;
      const slowDown = retryAfterMs === undefined ? {} : { retryAfterMs };
      return {
        observation: { ...times, api: answeredBy, outcome, problem, anomalies, said, ...slowDown },
        callIsMissing,
      };
    }
    const { enveloped, decoding } = reply;
    const decoded = decodeProgress(enveloped.data, this.options.kind, decoding);
    const base = { ...times, api, anomalies: decoding.anomalies, said: enveloped.said };
    if (!decoded.ok) {
      const problem = `OMS answered success to ${request.method} ${request.path}, but ${decoded.problem}`;
      return { observation: { ...base, outcome: 'OmsBadReply', problem }, callIsMissing: 'NO' };
    }
    const { progress } = decoded;
    return { observation: { ...base, outcome: 'OK', progress, envelope: enveloped.envelope }, callIsMissing: 'NO' };
  }

  /** The other family's answer counts, a rejection too, unless it is not there either: then what OMS said in its own words counts. */
  private async observeThroughOther(
    api: OmsApi,
    projectId: string,
    first: Attempt,
    deadline: Deadline,
  ): Promise<Attempt> {
    const other = await this.observe(api === '3.3' ? '4.1.1' : '3.3', projectId, deadline);
    const [one, two] = [first.observation, other.observation];
    if (other.callIsMissing === 'NO' || one.outcome === 'OK' || two.outcome === 'OK') return other;
    const spoke = first.callIsMissing === 'MAYBE' ? one : two;
    const problem = `neither family of calls is there; check the endpoint. ${withoutStop(one.problem)}. ${two.problem}`;
    return { observation: { ...spoke, problem }, callIsMissing: 'YES' };
  }

  private async read(request: OmsRequest, deadline: Deadline): Promise<(GoodReply | FailedReply) & { times: Times }> {
    const exchange = await this.session.send(request, deadline);
    const { requestedAt, answeredAt } = exchange;
    if (exchange.kind === 'broken') {
      const { outcome, problem } = exchange;
      const times = { requestedAt, answeredAt, clockSkewMs: null };
      return { ok: false, outcome, problem, said: {}, anomalies: [], spoke: false, callIsMissing: 'NO', times };
    }
    const times = { requestedAt, answeredAt, clockSkewMs: skewOf(exchange) };
    const decoding = new Decoding(this.secrets.clean, answeredAt + Math.max(0, believedSkewMs(times)));
    const reply = readReply(exchange, { endpoint: this.options.endpoint, request, decoding });
    const hint = !reply.ok && reply.outcome === 'OmsRejectedCredentials' ? this.session.credentialsHint() : null;
    return hint === null || reply.ok ? { ...reply, times } : { ...reply, problem: `${reply.problem} (${hint})`, times };
  }

  /**
   * Says that OMS has the project under the other kind. The 3.3 calls have a path for each; one more GET, with the same account and only where
   * the project was not found, is harmless to OMS, and saves a person from looking for a mistake in the id.
   */
  private async withOtherKind(
    observation: Observation,
    projectId: string,
    deadline: Deadline,
    signal: AbortSignal | undefined,
  ): Promise<Observation> {
    if (observation.outcome !== 'OmsProjectNotFound' || observation.api !== '3.3') return observation;
    const kind: ProjectKind = this.options.kind === 'migration' ? 'sync' : 'migration';
    const soon = new Deadline(Math.min(EXTRA_MS, deadline.remainingMs()), signal);
    const reply = await this.read(progressRequest('3.3', kind, projectId), soon).finally(() => soon.clear());
    if (!reply.ok || !decodeProgress(reply.enveloped.data, kind, reply.decoding).ok) return observation;
    const found = `OMS has a ${KIND_WORDS[kind]} project of this id: use --kind ${kind}, or kind on a stack`;
    return { ...observation, problem: joined([observation.problem, found]) };
  }

  /** Adds the failed step where it is known at once: it helps a person, decides nothing, and must not delay the next poll. */
  private async withFailedStep(
    observation: Observation,
    projectId: string,
    deadline: Deadline,
    signal: AbortSignal | undefined,
  ): Promise<Observation> {
    if (observation.outcome !== 'OK' || observation.api !== '4.1.1' || observation.progress.status !== 'FAILED')
      return observation;
    const soon = new Deadline(Math.min(EXTRA_MS, deadline.remainingMs()), signal);
    const steps = await this.read(stepsRequest(projectId), soon).finally(() => soon.clear());
    if (!steps.ok) return observation;
    const said: OmsWords = { ...decodeFailedStep(steps.enveloped.data, steps.decoding), ...observation.said };
    return { ...observation, said };
  }
}
