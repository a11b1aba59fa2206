/** OMS servers for the command line: the simulator with a scenario of the test, and one that a test steers reply by reply. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from 'node:net';
import { readScenario } from '../../../local/simulator/read-scenario';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../../local/simulator/simulator';

export const PROJECT = 'p_4gmn25m4rvwg';

export type Key = Readonly<Record<string, unknown>>;

export interface WaitingSimulator {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * In real time from the first poll on, however long a start takes on a busy machine. The first key at once; what it leaves out is a full
 * copy at work.
 */
export async function simulate(
  timeline: readonly Key[],
  scenario: Key = {},
  options: Partial<SimulatorOptions> = {},
): Promise<WaitingSimulator> {
  const keys = timeline.map((key, i) => (i === 0 ? { at: '0s', ...COPYING, ...key } : key));
  const read = readScenario({ title: 'Test', description: 'A test.', ...scenario, timeline: keys }, 'test');
  let started: Promise<Simulator> | undefined;
  const open = new Set<Socket>();
  const door = createTcpServer((client) => {
    started ??= startSimulator({ projects: { [PROJECT]: read }, now: Date.now, ...options });
    void started.then(({ port }) => {
      const simulator = connect(port, '127.0.0.1');
      for (const [one, other] of [
        [client, simulator],
        [simulator, client],
      ] as const) {
        open.add(one);
        one.pipe(other);
        one.on('error', () => {});
        one.on('close', () => {
          open.delete(one);
          other.destroy();
        });
      }
    });
  });
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(door.address() as AddressInfo).port}`,
    async close() {
      door.close();
      for (const socket of open) socket.destroy();
      await (await started)?.close();
    },
  };
}

const COPYING: Key = { status: 'RUNNING', step: 'FULL_MIGRATION', struct: 100, full: 40 };

/** Answers as the test says, from one reply to the next. By hand, after the vendor's page: it shares no code with the simulator. */
export class SteeredOms {
  /** Sends the next replies itself; null: the usual ones. */
  reply: ((response: ServerResponse, request: IncomingMessage) => void) | null = null;
  /** Requests so far. */
  asked = 0;
  private data: Key = {
    status: 'RUNNING',
    importance: 'HIGH',
    enableStructMigration: true,
    enableFullMigration: true,
    enableIncrSync: false,
    enableReverseIncrSync: false,
    currentStep: 'FULL_MIGRATION',
    structMigrationProgress: 100,
    fullMigrationProgress: 40,
    incrSyncCheckpoint: null,
    reverseIncrSyncCheckpoint: null,
  };
  private waiting: (() => void)[] = [];
  private readonly server = createServer((request, response) => {
    this.asked += 1;
    response.on('error', () => {});
    if (this.reply === null) this.answer(response);
    else this.reply(response, request);
    for (const wake of this.waiting.splice(0)) wake();
  });

  static async start(): Promise<SteeredOms> {
    const oms = new SteeredOms();
    await new Promise<void>((resolve) => oms.server.listen(0, '127.0.0.1', resolve));
    return oms;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Replaces fields of `data`, from the next reply on. */
  show(changed: Key): void {
    this.data = { ...this.data, ...changed };
  }

  /** Sends the usual reply. */
  answer(response: ServerResponse): void {
    const body = JSON.stringify({ success: true, data: this.data });
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(body);
  }

  /** Resolves when the next request has come. */
  nextRequest(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }
}
