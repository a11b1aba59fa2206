/** The OMS adapter: looks at projects through whichever family of calls this OMS has, and lists them where it can. */

import type { OmsApi, OmsWords, ProjectKind } from '../../contract/oms';
import type { Observation, Progress } from '../../core/model/progress';
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
import { decodeFailedStep } from './decode-fleet';
import { Deadline } from './http/deadline';
import { OmsSession } from './http/session';
import { OmsHttp, type OmsRequest } from './http/transport';
import { decodeProgress } from './progress';
import { type Answer, listAll } from './project-list';
import { Secrets } from './redact';
import { judge, skewOf } from './reply';
import { listCall, progressCall, stepsCall, verifyResultCall } from './requests';
import { Decoding } from './values';
import { readVerification } from './verification';

export interface OmsClientOptions {
  /** Base address, as `omsEndpointProblem` accepts it. */
  readonly endpoint: string;
  /** `auto`: find out which calls this OMS has, and again after an upgrade. */
  readonly api: 'auto' | OmsApi;
  /** Which GET of the 3.3 calls; the 4.1.1 calls know by themselves. */
  readonly kind: ProjectKind;
  readonly credentials: CredentialsSource;
  /** Over one look, everything included. */
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

type Attempt = { readonly observation: Observation; readonly missingCall: boolean };

/** Less than a look may be late and still go on with a series (core/series.ts). */
const WORDS_MS = 2_000;

export class OmsClient implements Oms, Fleet, Verifier {
  private readonly options: OmsClientOptions;
  private readonly http: OmsHttp;
  private readonly secrets = new Secrets();
  private readonly session: OmsSession;
  /** What answered last; only a start for projects that bring no hint. */
  private seenApi: OmsApi | undefined;

  /** Throws InvalidInput when `ca` is no PEM certificate. */
  constructor(options: OmsClientOptions) {
    this.options = options;
    this.http = new OmsHttp(options);
    this.session = new OmsSession({
      http: this.http,
      credentials: options.credentials,
      secrets: this.secrets,
      random: options.random ?? Math.random,
    });
  }

  /** See the port. Throws InvalidInput for an impossible project id, CheckFailed when the credentials cannot be read. */
  async poll(projectId: string, hint: PollHint = {}): Promise<Observation> {
    const { api, kind, requestTimeoutMs } = this.options;
    // Before any deadline: an impossible id is nobody's outage.
    progressCall('3.3', kind, projectId);
    const { withinMs = requestTimeoutMs, signal } = hint;
    const deadline = new Deadline(Math.min(requestTimeoutMs, withinMs), signal);
    try {
      const first = api === 'auto' ? await this.startingApi(hint, deadline) : api;
      let attempt = await this.ask(first, progressCall(first, kind, projectId), deadline);
      if (api === 'auto' && attempt.missingCall) attempt = await this.askOther(first, projectId, attempt, deadline);
      if (attempt.observation.api !== null) this.seenApi = attempt.observation.api;
      return await this.withFailedStep(attempt.observation, projectId, deadline, signal);
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
    const deadline = new Deadline(this.options.requestTimeoutMs, signal);
    try {
      return await listAll((page) => this.answer(listCall(page), deadline));
    } finally {
      deadline.clear();
    }
  }

  async verification(projectId: string, seenBefore: OmsApi | null): Promise<Verification> {
    const { api, kind, requestTimeoutMs } = this.options;
    progressCall('3.3', kind, projectId);
    const hasTheCalls = [api, this.seenApi, seenBefore].includes('4.1.1');
    if (api === '3.3') return { state: 'NOT_THERE', message: 'the 3.3 calls cannot tell of verifications' };
    const deadline = new Deadline(requestTimeoutMs);
    try {
      return await readVerification(
        hasTheCalls,
        () => this.answer(stepsCall(projectId), deadline),
        () => this.answer(verifyResultCall(projectId), deadline),
      );
    } finally {
      deadline.clear();
    }
  }

  /** Ends kept connections; a look under way ends as unreachable. */
  async close(): Promise<void> {
    await this.http.close();
  }

  /** Our own memory, else the caller's, else the oldest family, which the page this project is built on describes. */
  private async startingApi(hint: PollHint, deadline: Deadline): Promise<OmsApi> {
    if (this.seenApi !== undefined) return this.seenApi;
    // Only a hint: where it cannot be had, whoever keeps it will say so.
    const hinted = await deadline.within(Promise.resolve(hint.api?.()).catch(() => undefined));
    deadline.throwIfInterrupted();
    return hinted ?? '3.3';
  }

  private async ask(api: OmsApi, request: OmsRequest, deadline: Deadline): Promise<Attempt> {
    const answer = await this.answer(request, deadline);
    const { requestedAt, answeredAt, clockSkewMs } = answer;
    const base = { requestedAt, answeredAt, clockSkewMs };
    if ('failure' in answer) {
      const { outcome, problem, anomalies, said, spoke, missingCall } = answer.failure;
      const observation: Observation = {
        ...base,
        api: spoke && !missingCall ? api : null,
        outcome,
        problem,
        anomalies,
        said,
      };
      return {
        observation: outcome === 'OmsRejectedCredentials' ? { ...observation, api: null } : observation,
        missingCall,
      };
    }
    const { enveloped, decoding } = answer;
    const { envelope, said } = enveloped;
    const progress: Progress | string = decodeProgress(enveloped.data, this.options.kind, decoding);
    const rest = { ...base, api, anomalies: decoding.anomalies, said };
    if (typeof progress === 'string') {
      const problem = `OMS answered success to ${request.method} ${request.path}, but ${progress}`;
      return { observation: { ...rest, outcome: 'OmsBadReply', problem }, missingCall: false };
    }
    return { observation: { ...rest, outcome: 'OK', progress, envelope }, missingCall: false };
  }

  /** The call seems not to be there: try the other family. Whatever that one says counts, a rejection too, unless it is not there either. */
  private async askOther(asked: OmsApi, projectId: string, before: Attempt, deadline: Deadline): Promise<Attempt> {
    const api: OmsApi = asked === '3.3' ? '4.1.1' : '3.3';
    const other = await this.ask(api, progressCall(api, this.options.kind, projectId), deadline);
    if (!other.missingCall || !('problem' in before.observation) || !('problem' in other.observation)) return other;
    const problem = `neither family of calls is there; is the endpoint right? ${before.observation.problem}. ${other.observation.problem}`;
    return { observation: { ...other.observation, problem }, missingCall: true };
  }

  private async answer(request: OmsRequest, deadline: Deadline): Promise<Times & Answer> {
    const reply = await this.session.call(request, deadline);
    const { requestedAt, answeredAt } = reply;
    if (reply.kind === 'broken') {
      const { outcome, problem } = reply;
      const failure = { outcome, problem, said: {}, anomalies: [], spoke: false, missingCall: false };
      return { requestedAt, answeredAt, clockSkewMs: null, failure };
    }
    const times = { requestedAt, answeredAt, clockSkewMs: skewOf(reply) };
    const judged = judge(
      reply,
      request,
      new Decoding(this.secrets.clean, answeredAt + Math.max(0, believedSkewMs(times))),
    );
    return judged.ok
      ? { ...times, enveloped: judged.enveloped, decoding: judged.decoding }
      : { ...times, failure: judged.failure };
  }

  /** Adds the failed step's words where they can be had at once: they help a person, decide nothing, and must not make the next look late. */
  private async withFailedStep(
    observation: Observation,
    projectId: string,
    deadline: Deadline,
    signal: AbortSignal | undefined,
  ): Promise<Observation> {
    if (observation.outcome !== 'OK' || observation.api !== '4.1.1' || observation.progress.status !== 'FAILED')
      return observation;
    const soon = new Deadline(Math.min(WORDS_MS, deadline.remainingMs()), signal);
    const answer = await this.answer(stepsCall(projectId), soon).finally(() => soon.clear());
    if ('failure' in answer) return observation;
    const said: OmsWords = { ...decodeFailedStep(answer.enveloped.data, answer.decoding), ...observation.said };
    return { ...observation, said };
  }
}
