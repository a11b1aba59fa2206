/** The simulated OMS behind the server: recognizes the call, checks the credentials, acts out faults, replies. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { OmsApi } from '../../lambda/contract/oms';
import { LONGEST_TIMER_MS } from '../../lambda/contract/values/duration';
import { listed, progress33, progress411, refusal, steps, success, UNKNOWN_PROJECT } from './replies';
import type { SimulatedState } from './scenario-state';
import type { SimulatedProject } from './simulated-project';
import { actOut } from './trouble';

const MAX_REQUEST_BYTES = 64 * 1024;

/** Numbers of requests so far. */
export interface SimulatorRequests {
  total: number;
  progress: number;
  list: number;
  steps: number;
  /** Answered with 401. */
  unauthorized: number;
  /** Calls that this version does not have. */
  unknown: number;
}

interface Call {
  readonly name: 'progress' | 'list' | 'steps';
  readonly api: OmsApi;
  /** Only of 3.3 calls. */
  readonly kind?: string;
  readonly id: string;
  readonly input: Readonly<Record<string, unknown>>;
}

const ACTIONS: Readonly<Record<string, Call['name']>> = {
  DescribeProjectProgress: 'progress',
  DescribeProjectSteps: 'steps',
  ListProjects: 'list',
};

export class SimulatedOms {
  api: OmsApi | 'both' = 'both';
  readonly requests: SimulatorRequests = { total: 0, progress: 0, list: 0, steps: 0, unauthorized: 0, unknown: 0 };
  private authorization = '';
  private readonly projects: ReadonlyMap<string, SimulatedProject>;
  private readonly now: () => number;

  constructor(projects: ReadonlyMap<string, SimulatedProject>, now: () => number) {
    this.projects = projects;
    this.now = now;
  }

  setCredentials(username: string, password: string): void {
    this.authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  }

  /** A listener for node:http. */
  serve(request: IncomingMessage, response: ServerResponse): void {
    this.requests.total++;
    // A client may disconnect at any time.
    response.on('error', () => {});
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= MAX_REQUEST_BYTES) chunks.push(chunk);
    });
    request.on('end', () => this.answer(request, Buffer.concat(chunks).toString('utf8'), response));
  }

  private answer(request: IncomingMessage, body: string, response: ServerResponse): void {
    const call = this.callOf(request, body);
    const project = call === null ? undefined : this.projects.get(call.id);
    const state = project?.stateAt(this.now());
    const trouble = state?.trouble ?? null;
    const skewMs = trouble?.kind === 'clock' ? trouble.skewMs : 0;
    response.setHeader('Date', new Date(this.now() + skewMs).toUTCString());
    // A fault comes before the credentials are checked.
    if (trouble && actOut(trouble, response)) return;
    if (request.headers.authorization !== this.authorization) {
      this.requests.unauthorized++;
      response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="OMS"' }).end();
      return;
    }
    if (call === null) {
      this.requests.unknown++;
      response.writeHead(404, { 'Content-Type': 'text/html' }).end('<html><body>404 Not Found</body></html>');
      return;
    }
    this.requests[call.name]++;
    const reply = JSON.stringify(call.name === 'list' ? this.page(call.input) : replyTo(call, project, state));
    const send = () => response.writeHead(200, { 'Content-Type': 'application/json' }).end(reply);
    if (trouble?.kind === 'slow') setTimeout(send, Math.min(trouble.delayMs, LONGEST_TIMER_MS)).unref();
    else send();
  }

  /** Null for a call that this version does not have. */
  private callOf(request: IncomingMessage, body: string): Call | null {
    const url = new URL(request.url ?? '/', 'http://simulator');
    const get = /^\/api\/omsp\/v2\/(migrations|sync)\/([^/]+)\/progress$/.exec(url.pathname);
    if (request.method === 'GET' && get && this.api !== '4.1.1') {
      const kind = get[1] === 'sync' ? 'sync' : 'migration';
      return { name: 'progress', api: '3.3', kind, id: decoded(get[2] ?? ''), input: {} };
    }
    const name = ACTIONS[url.searchParams.get('Action') ?? ''];
    if (request.method === 'POST' && url.pathname === '/api/v2' && name && this.api !== '3.3') {
      const input = parsed(body);
      return { name, api: '4.1.1', id: String(input.id ?? ''), input };
    }
    return null;
  }

  private page(input: Call['input']): object {
    const pageNumber = Math.max(1, Number(input.pageNumber) || 1);
    const pageSize = Math.min(150, Math.max(1, Number(input.pageSize) || 10));
    const now = this.now();
    const entries = [...this.projects]
      .slice((pageNumber - 1) * pageSize, pageNumber * pageSize)
      .map(([id, { name, kind, stateAt }]) => listed(id, name, kind, stateAt(now), now));
    return success(entries, { paging: { pageNumber, pageSize, totalCount: this.projects.size } });
  }
}

function replyTo(call: Call, project: SimulatedProject | undefined, state: SimulatedState | undefined): object {
  const ofThatKind = project && (call.kind === undefined || call.kind === project.kind);
  if (!ofThatKind || !state) return refusal(UNKNOWN_PROJECT, 'simulator-1');
  if (call.name === 'steps') return success(steps(state));
  const data = call.api === '3.3' ? progress33(state, project.kind) : progress411(state, call.id);
  const odd = state.trouble?.kind === 'odd' ? state.trouble.data : {};
  return success({ ...data, ...odd }, { error: state.error });
}

function parsed(body: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
