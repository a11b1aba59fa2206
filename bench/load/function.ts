/** The deployed schedule and its function on a virtual clock: the synthesized rate and input, invocations side by side, and their share of a CPU. */
import { Template } from 'aws-cdk-lib/assertions';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { DEFAULTS } from '../../lambda/contract/defaults';
import { type FleetEvent, FleetRequestSchema, SCHEDULED_TIME } from '../../lambda/contract/fleet';
import { OmsConsole } from '../../lambda/core/check/console';
import { checkFleet, type FleetPorts } from '../../lambda/core/fleet/fleet';
import type { FleetKey, FleetMemory } from '../../lambda/core/fleet/roster';
import { read } from '../../lambda/core/model/fields';
import type { ProjectState } from '../../lambda/core/model/project-state';
import type { Notification } from '../../lambda/core/notifications/notification';
import type { ListedProject, Oms } from '../../lambda/core/ports';
import { MigrationMonitor } from '../../lib';
import type { VirtualClock } from '../../local/virtual-clock';
import { ENDPOINT, newStack } from '../../test/lib/stacks';
import { MemoryStore } from '../../test/support/stores/memory-store';

const DYNAMODB_MS = 5;
/** Of a check, at the seventh of a CPU that 256 MB get. */
const CPU_MS = 25;
const INTERVAL_SECONDS = 300;

/** Of the table only what is read again; snapshots are counted. */
class CountingStore extends MemoryStore {
  snapshotsPut = 0;
  largestItem = 0;

  override async putSnapshot(): Promise<void> {
    this.snapshotsPut += 1;
  }

  override async readState(project: string): Promise<ProjectState | undefined> {
    return this.projectStateOf.get(project);
  }

  override async putState(state: ProjectState, { expectedVersion }: { readonly expectedVersion: number }) {
    if ((this.projectStateOf.get(state.project)?.version ?? 0) !== expectedVersion) return 'conflict';
    this.projectStateOf.set(state.project, state);
    return 'stored';
  }

  override async putFleet(key: FleetKey, memory: FleetMemory): Promise<void> {
    this.largestItem = Math.max(this.largestItem, Buffer.byteLength(JSON.stringify(memory)));
    await super.putFleet(key, memory);
  }
}

export class DeployedFleet {
  readonly store = new CountingStore();
  readonly subjects: string[] = [];
  invocations = 0;
  mostAtOnce = 0;
  templateBytes = 0;
  private underWay = 0;
  private readonly queue: (() => void)[] = [];
  private readonly clock: VirtualClock;
  private readonly oms: Oms;
  private readonly projects: readonly string[];
  private readonly discover: boolean;
  private readonly accountConcurrency: number;

  constructor(
    clock: VirtualClock,
    oms: Oms,
    projects: readonly string[],
    { discover = false, accountConcurrency = 1_000 }: { discover?: boolean; accountConcurrency?: number } = {},
  ) {
    this.clock = clock;
    this.oms = oms;
    this.projects = projects;
    this.discover = discover;
    this.accountConcurrency = accountConcurrency;
  }

  /** The schedule of the synthesized stack, for so many intervals; resolves when its last invocation has ended. */
  async run(intervals: number): Promise<void> {
    const { rateSeconds, input } = this.schedule();
    const underWay: Promise<void>[] = [];
    for (let i = 0; i < (intervals * INTERVAL_SECONDS) / rateSeconds; i += 1) {
      const at = `${new Date(this.clock.now()).toISOString().slice(0, 19)}Z`;
      underWay.push(this.invoke(JSON.parse(input.replace(SCHEDULED_TIME, at))));
      await this.clock.sleep(rateSeconds * 1000);
    }
    await Promise.all(underWay);
  }

  private schedule() {
    const stack = newStack();
    const credentials = Secret.fromSecretNameV2(stack, 'Secret', 'oms-cutover/oms');
    const fleet = this.discover ? { discover: true } : { projects: [...this.projects] };
    new MigrationMonitor(stack, 'Monitor', { omsEndpoint: ENDPOINT, credentials, ...fleet });
    const template = Template.fromStack(stack);
    this.templateBytes = Buffer.byteLength(JSON.stringify(template.toJSON()));
    const [schedule] = Object.values(template.findResources('AWS::Scheduler::Schedule'));
    const { ScheduleExpression, Target } = schedule?.Properties ?? {};
    const [, minutes = '0'] = /^rate\((\d+) minutes?\)$/.exec(String(ScheduleExpression)) ?? [];
    return { rateSeconds: Number(minutes) * 60, input: String(Target.Input) };
  }

  /** As Lambda does with asynchronous events: those beyond the concurrency of the account wait. */
  private async invoke(event: FleetEvent): Promise<void> {
    if (this.underWay >= this.accountConcurrency) await new Promise<void>((resolve) => this.queue.push(resolve));
    this.underWay += 1;
    this.invocations += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.underWay);
    const endsAt = this.clock.now() + DEFAULTS.functionTimeoutSeconds * 1000;
    const started: Promise<void>[] = [];
    await checkFleet(read(FleetRequestSchema, event), this.ports(started), () => endsAt - this.clock.now());
    this.underWay -= 1;
    this.queue.shift()?.();
    await Promise.all(started);
  }

  private ports(started: Promise<void>[]): FleetPorts {
    const { clock } = this;
    const invocation = this.invocations;
    let ids = 0;
    const ports = {
      oms: this.oms,
      store: new SlowStore(this.store, clock),
      notifier: {
        publish: async ({ subject }: Notification) => {
          this.subjects.push(subject);
        },
      },
      clock,
      log: { info: () => {}, warn: () => {} },
      leaseMs: 210_000,
      pollMs: DEFAULTS.requestTimeoutSeconds * 1000,
      newId: () => `${invocation}-${++ids}`,
      fleet: { listProjects: async () => await this.listed() },
      kind: 'migration' as const,
      listedProjects: () => this.projects,
      start: async (event: FleetEvent) => {
        await clock.sleep(10);
        started.push(this.invoke(event));
      },
    };
    return { ...ports, console: new OmsConsole(ports) };
  }

  /** 150 a page, four pages at a time. */
  private async listed(): Promise<readonly ListedProject[]> {
    await this.clock.sleep(Math.ceil(this.projects.length / 150 / 4) * 100);
    return this.projects.map((id) => ({ id, name: null, kind: 'migration', status: 'RUNNING' }));
  }
}

/** What one invocation sees of the table: each call takes its time, and each check its share of the CPU. */
class SlowStore extends MemoryStore {
  private readonly table: CountingStore;
  private readonly clock: VirtualClock;
  private cpuFreeAt = 0;

  constructor(table: CountingStore, clock: VirtualClock) {
    super();
    this.table = table;
    this.clock = clock;
  }

  override readState(project: string) {
    return this.table.readState(project);
  }

  override putSnapshot() {
    return this.table.putSnapshot();
  }

  override async putState(state: ProjectState, expected: { readonly expectedVersion: number }) {
    this.cpuFreeAt = Math.max(this.clock.now(), this.cpuFreeAt) + CPU_MS;
    // The snapshot before it, too.
    await this.clock.sleep(this.cpuFreeAt - this.clock.now() + 2 * DYNAMODB_MS);
    return await this.table.putState(state, expected);
  }

  override async readFleet(key: FleetKey) {
    await this.clock.sleep(DYNAMODB_MS);
    return await this.table.readFleet(key);
  }

  override async putFleet(key: FleetKey, memory: FleetMemory) {
    await this.clock.sleep(DYNAMODB_MS);
    await this.table.putFleet(key, memory);
  }
}
