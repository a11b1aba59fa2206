/** The surroundings of one cutover: a modelled source and its OMS, stores in memory, and the interpreted definition of the pipeline. */

import type { CutoverPorts } from '../../lambda/core/cutover/record-update';
import { type ExecutionState, type WatchReport, watch } from '../../lambda/core/cutover/watchdog';
import type { Observation } from '../../lambda/core/model/progress';
import type { Notification } from '../../lambda/core/notifications/notification';
import type { Verification } from '../../lambda/core/ports';
import { answerCutoverEvent } from '../../lambda/cutover-events';
import { answer, type EventPorts } from '../../lambda/events';
import { endOf } from '../../local/services/execution-rules';
import type { ModelledSource } from '../../local/simulator/modelled-source';
import type { ExecutionResult } from '../../local/step-functions/execution';
import { StateMachines } from '../../local/step-functions/state-machine';
import type { VirtualClock } from '../../local/virtual-clock';
import { MemoryCutovers } from '../support/stores/memory-cutovers';
import { MemoryStore } from '../support/stores/memory-store';
import { failed } from '../support/values/observations';
import { pollThatSaw } from '../support/values/poll-of-state';
import type { Deployed, Variant } from './machines';

export const PROJECT = 'p_x';

const NO_VERIFICATION: Verification = { state: 'NOT_THERE', message: 'this OMS has no call for it' };

export type MachineKind = 'pipeline' | 'steps' | 'resume' | 'leg';

interface CutOverOptions {
  readonly input?: unknown;
  readonly signal?: AbortSignal;
  /** How often EventBridge delivers the end of the execution. Default once. */
  readonly deliveries?: number;
  /** How Step Functions reports an execution that the signal ended. */
  readonly endsAs?: 'ABORTED' | 'TIMED_OUT';
}

export interface WorldOptions {
  readonly deployed: Deployed;
  readonly variant: Variant;
  readonly clock: VirtualClock;
  readonly source: ModelledSource;
  readonly random: () => number;
  /** OMS's clock minus ours, which is exact. */
  readonly omsSkewMs?: number;
  /** When OMS does not answer. */
  readonly isDown?: (now: number) => boolean;
  /** Called before and after each invocation and each access to the store; throws at random. */
  readonly maybeKill?: () => void;
  /** Told of each state that a machine of the pipeline enters. What it throws ends that execution. */
  readonly onState?: (machine: MachineKind, state: string) => void;
  /** When Lambda throttles both functions. */
  readonly isThrottled?: (now: number) => boolean;
  /** The result of OMS's full verification. Absent: OMS has no call for it. */
  readonly verification?: (now: number) => Verification;
  /** How long an invocation takes. Default 0. */
  readonly invocationMs?: number;
  /** The user's steps, by name. A step that throws fails. */
  readonly steps: Readonly<Record<string, (cutover: unknown) => Promise<unknown>>>;
}

export class World {
  readonly notified: Notification[] = [];
  readonly store = new MemoryStore();
  readonly cutovers = new MemoryCutovers();
  readonly ports: EventPorts & CutoverPorts;
  private readonly options: WorldOptions;
  private readonly machines: StateMachines;
  /** Of the pipeline and of the resume machine, by ARN. One that the pipeline started has ended with it: GONE. */
  private readonly executions = new Map<string, ExecutionState>();
  private ids = 0;

  constructor(options: WorldOptions) {
    this.options = options;
    const { clock, deployed, verification } = options;
    this.ports = {
      oms: { poll: async () => this.poll() },
      listedProjects: () => [],
      start: async () => {},
      fleet: { listProjects: async () => [] },
      kind: 'migration',
      pollMs: 10_000,
      store: this.flaky(this.store),
      cutovers: this.flaky(this.cutovers),
      notifier: {
        publish: async (notification) => {
          options.maybeKill?.();
          this.notified.push(notification);
        },
      },
      clock,
      log: { info: () => undefined, warn: () => undefined },
      leaseMs: 210_000,
      newId: () => `c${++this.ids}`,
      verifier: { verification: async () => verification?.(clock.now()) ?? NO_VERIFICATION },
    };
    this.machines = new StateMachines({
      machines: deployed.machines,
      clock,
      random: options.random,
      onState: (arn, state) => options.onState?.(machineOf(arn, options), state),
      invoke: async (arn, payload) => await this.invoke(payload, deployed.cutoverFunctionArns.has(arn)),
      integrations: Object.fromEntries(
        Object.entries(options.steps).map(([name, step]) => [
          `states:::user:${name}`,
          (input) => step((input as { cutover: unknown }).cutover),
        ]),
      ),
    });
  }

  /** Runs the pipeline to its end. The resume machine is started with that end as often as EventBridge delivers it: at least once, mostly. */
  async cutOver(
    run: string,
    { input = { projectId: PROJECT }, signal, deliveries = 1, endsAs = 'ABORTED' }: CutOverOptions = {},
  ) {
    const { deployed, variant } = this.options;
    const arn = `${deployed.pipelineArns[variant].replace(':stateMachine:', ':execution:')}:${run}`;
    this.executions.set(arn, { status: 'RUNNING' });
    const started = { name: run, ...(signal === undefined ? {} : { signal }) };
    const ended = await this.machines.run(deployed.pipelineArns[variant], input, started);
    const execution = ended.status === 'ABORTED' ? { ...ended, status: endsAs } : ended;
    await this.end(execution, deliveries);
    return execution;
  }

  /** As RedriveExecution. */
  async redrive(execution: ExecutionResult): Promise<ExecutionResult> {
    this.executions.set(execution.arn, { status: 'RUNNING' });
    const redriven = await this.machines.redrive(execution);
    await this.end(redriven, 1);
    return redriven;
  }

  private async end(execution: ExecutionResult, deliveries: number): Promise<void> {
    this.executions.set(execution.arn, stateOf(execution));
    const resumed = Array.from({ length: deliveries }, () => this.resume(endOf(execution)));
    await Promise.all(resumed);
  }

  /** The execution and its state machine are deleted. */
  forget(run: string): void {
    for (const arn of this.executions.keys()) if (arn.endsWith(`:${run}`)) this.executions.delete(arn);
  }

  /** Starts the resume machine, and waits until it has ended. */
  async resume(input: unknown): Promise<ExecutionResult> {
    const { deployed, variant } = this.options;
    const machine = deployed.resumeArns[variant];
    const name = `resume-${++this.ids}`;
    const arn = `${machine.replace(':stateMachine:', ':execution:')}:${name}`;
    this.executions.set(arn, { status: 'RUNNING' });
    const execution = await this.machines.run(machine, input, { name });
    this.executions.set(arn, stateOf(execution));
    return execution;
  }

  /** One round of the watchdog. */
  async watch(): Promise<WatchReport> {
    const { deployed, variant, clock, maybeKill } = this.options;
    const started: Promise<ExecutionResult>[] = [];
    maybeKill?.();
    const report = await watch(
      { pipeline: deployed.pipelineArns[variant], resumeMachine: deployed.resumeArns[variant] },
      {
        cutovers: this.ports.cutovers,
        executions: {
          describe: async (arn) => this.executions.get(arn) ?? { status: 'GONE' },
          start: async (_machine, input) => {
            started.push(this.resume(input));
            return '';
          },
        },
        clock,
        log: this.ports.log,
        overdue: () => undefined,
      },
    );
    await Promise.all(started);
    return report;
  }

  /** Further rounds of the schedule, which send what is still pending. */
  async continueSchedule(times: number): Promise<void> {
    for (let i = 0; i < times; i += 1) {
      await this.options.clock.sleep(300_000);
      await this.invoke({ projects: [PROJECT], intervalSeconds: 300 }, false).catch(() => undefined);
    }
  }

  /** What the run sent, by the id of the notice, or by how it begins. */
  notices(run: string, id: string): readonly Notification[] {
    return this.notified.filter(({ change }) => change.id.startsWith(`${run}/${id}`));
  }

  /** @param toCutoverFunction false: to the check function. */
  async invoke(event: unknown, toCutoverFunction: boolean): Promise<unknown> {
    const { maybeKill, clock, invocationMs, isThrottled } = this.options;
    if (isThrottled?.(clock.now()) === true)
      throw Object.assign(new Error('Rate Exceeded.'), { name: 'Lambda.TooManyRequestsException' });
    maybeKill?.();
    if (invocationMs !== undefined) await clock.sleep(invocationMs);
    const endsAt = clock.now() + 180_000;
    const received: unknown = JSON.parse(JSON.stringify(event));
    const reply = toCutoverFunction
      ? await answerCutoverEvent(received, this.ports)
      : await answer(received, this.ports, () => endsAt - clock.now());
    // The work is done, and its response is lost.
    maybeKill?.();
    return reply;
  }

  private poll(): Observation {
    const { clock, source, isDown, omsSkewMs = 0 } = this.options;
    const requestedAt = clock.now();
    if (isDown?.(requestedAt) === true) return failed(requestedAt);
    return { ...pollThatSaw(source.stateAt(requestedAt), requestedAt, requestedAt), clockSkewMs: omsSkewMs };
  }

  private flaky<T extends object>(store: T): T {
    const { maybeKill } = this.options;
    if (maybeKill === undefined) return store;
    return new Proxy(store, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        const method = value.bind(target) as (...args: unknown[]) => unknown;
        if (name === 'snapshots') return method;
        return async (...args: unknown[]) => {
          maybeKill();
          const result = await method(...args);
          maybeKill();
          return result;
        };
      },
    });
  }
}

function machineOf(execution: string, { deployed, variant }: WorldOptions): MachineKind {
  const is = (machine: string) => execution.startsWith(`${machine.replace(':stateMachine:', ':execution:')}:`);
  if (is(deployed.pipelineArns[variant])) return 'pipeline';
  if (is(deployed.stepsArns[variant])) return 'steps';
  return is(deployed.resumeArns[variant]) ? 'resume' : 'leg';
}

function stateOf({ status, error, cause }: ExecutionResult): ExecutionState {
  return { status, ...(error === undefined ? {} : { error }), ...(cause === undefined ? {} : { cause }) };
}
