/** A simulated OMS: an HTTP server on loopback with the API calls of 3.3.0 and of 4.1.1, on any clock. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { OmsApi } from '../../lambda/contract/oms';
import { InvalidInput } from '../../lambda/core/model/errors';
import type { Scenario } from './scenario';
import type { SimulatedState } from './scenario-state';
import { SimulatedOms, type SimulatorRequests } from './simulated-oms';
import { type SimulatedProject, scenarioProject } from './simulated-project';

/** The default credentials. */
export const SIMULATOR_USERNAME = 'oms';
export const SIMULATOR_PASSWORD = 'oms-demo';

const HOST = '127.0.0.1';

export interface SimulatorOptions {
  /** Scenarios or other simulated projects, by project id. */
  readonly projects: Readonly<Record<string, Scenario | SimulatedProject>>;
  /** Unix milliseconds: the clock of the simulated OMS, virtual or real. */
  readonly now: () => number;
  /** When the scenarios begin, Unix milliseconds. Default now. */
  readonly startedAt?: number;
  /** Default 0: any free port. */
  readonly port?: number;
  /** Default `oms`. */
  readonly username?: string;
  /** Default `oms-demo`. */
  readonly password?: string;
  /** Simulated seconds per second of the clock. Default 1. */
  readonly speed?: number;
  /** Which API calls it has. Default both. */
  readonly api?: OmsApi | 'both';
}

export interface Simulator {
  readonly url: string;
  readonly port: number;
  readonly requests: Readonly<SimulatorRequests>;
  /** What OMS would report; undefined for an unknown project. `unixMs` by the simulator's clock. */
  stateAt(projectId: string, unixMs: number): SimulatedState | undefined;
  /** Milliseconds by the simulator's clock until the project's last change; 0 for an unknown project. */
  durationMs(projectId: string): number;
  /** Simulates an upgrade of OMS. */
  setApi(api: OmsApi | 'both'): void;
  /** Simulates a rotation of the password. */
  setCredentials(username: string, password: string): void;
  /** Also closes open connections. */
  close(): Promise<void>;
}

/** Resolves when the server listens. @throws InvalidInput where the port is not available. */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const { now, startedAt = now(), speed = 1 } = options;
  const projects = new Map(
    Object.entries(options.projects).map(([id, project]) => [
      id,
      'stateAt' in project ? project : scenarioProject(project, startedAt, speed),
    ]),
  );
  const oms = new SimulatedOms(projects, now);
  oms.api = options.api ?? 'both';
  oms.setCredentials(options.username ?? SIMULATOR_USERNAME, options.password ?? SIMULATOR_PASSWORD);
  const server = createServer((request, response) => oms.serve(request, response));
  const port = await listen(server, options.port ?? 0);
  return {
    url: `http://${HOST}:${port}`,
    port,
    requests: oms.requests,
    stateAt: (id, unixMs) => projects.get(id)?.stateAt(unixMs),
    durationMs: (id) => projects.get(id)?.durationMs ?? 0,
    setApi: (api) => {
      oms.api = api;
    },
    setCredentials: (username, password) => oms.setCredentials(username, password),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const what =
        error.code === 'EADDRINUSE'
          ? `port ${port} is in use on ${HOST}`
          : `port ${port} on ${HOST} is not available (${error.code})`;
      reject(new InvalidInput([`${what}; choose another with --port`]));
    });
    server.listen(port, HOST, () => resolve((server.address() as AddressInfo).port));
  });
}
