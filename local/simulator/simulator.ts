/** A simulated OMS: a real HTTP server on loopback that speaks the calls of 3.3.0 and of 4.1.1, on any clock. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { OmsApi } from '../../lambda/contract/oms';
import { InvalidInput } from '../../lambda/core/model/errors';
import type { Scenario } from './scenario';
import type { SimulatedState } from './scenario-state';
import { SimulatedOms, type SimulatorRequests } from './simulated-oms';
import { type SimulatedProject, scenarioProject } from './simulated-project';

/** The account of a simulator that was given none. */
export const SIMULATOR_USERNAME = 'oms';
export const SIMULATOR_PASSWORD = 'oms-demo';

const HOST = '127.0.0.1';

export interface SimulatorOptions {
  /** By project id: scenarios, or projects that are modelled in another way. */
  readonly projects: Readonly<Record<string, Scenario | SimulatedProject>>;
  /** Unix milliseconds: the clock of the simulated OMS, virtual or real. */
  readonly now: () => number;
  /** When the scenarios begin, Unix milliseconds. Default now. */
  readonly startedAt?: number;
  /** Default 0: a free one. */
  readonly port?: number;
  /** Default `oms`. */
  readonly username?: string;
  /** Default `oms-demo`. */
  readonly password?: string;
  /** Simulated seconds to one second of the clock. Default 1. */
  readonly speed?: number;
  /** Which calls it has. Default both. */
  readonly api?: OmsApi | 'both';
}

export interface Simulator {
  readonly url: string;
  readonly port: number;
  readonly requests: Readonly<SimulatorRequests>;
  /** What OMS would show; undefined for a project it does not have. `unixMs` by the simulator's clock. */
  stateAt(projectId: string, unixMs: number): SimulatedState | undefined;
  /** Milliseconds by the simulator's clock until the project's last change; 0 for one it does not have. */
  durationMs(projectId: string): number;
  /** As an upgrade of OMS would. */
  setApi(api: OmsApi | 'both'): void;
  /** As a rotation of the password would. */
  setCredentials(username: string, password: string): void;
  /** Ends connections too. */
  close(): Promise<void>;
}

/** Resolves when the server listens. Throws InvalidInput when the port cannot be had. */
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
          : `port ${port} on ${HOST} cannot be had (${error.code})`;
      reject(new InvalidInput([`${what}; choose another with --port`]));
    });
    server.listen(port, HOST, () => resolve((server.address() as AddressInfo).port));
  });
}
