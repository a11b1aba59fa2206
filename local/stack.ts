/**
 * The whole synthesized stack, run locally: the table in an embedded database, SNS captured, the secret served, the bundled handlers loaded,
 * the state machines interpreted, all on one clock. Nothing in it can reach AWS.
 */

import { ENV } from '../lambda/contract/environment';
import type { CheckPorts } from '../lambda/core/check/check';
import { CheckFailed } from '../lambda/core/model/errors';
import type { Clock, Log } from '../lambda/core/ports';
import { functionName } from './cloudformation/resource-identity';
import { type Env, enterSandbox } from './cloudformation/sandbox';
import { readStack, type StackFunction, type StackModel } from './cloudformation/template';
import { type EmbeddedDynamoDb, startEmbeddedDynamoDb } from './data/embedded-dynamodb';
import { startRoute } from './services/answers-endpoint';
import { type CapturedMessage, CapturedSns } from './services/captured-sns';
import { ExecutionRules } from './services/execution-rules';
import { type LocalFunction, loadFunction } from './services/local-function';
import type { Loopback } from './services/loopback';
import { type ScheduledRun, ScheduleRuns } from './services/schedule-runs';
import { startSecretsEndpoint } from './services/secrets-endpoint';
import type { ExecutionResult } from './step-functions/execution';
import { type StartOptions, StateMachines } from './step-functions/state-machine';
import { VirtualClock } from './virtual-clock';

export interface LocalStackOptions {
  /** A cloud assembly: cdk.out. */
  readonly directory: string;
  /** Required where the assembly has several stacks. */
  readonly stackName?: string;
  readonly clock: Clock;
  readonly credentials: { readonly username: string; readonly password: string };
  /** Overrides the synthesized endpoint. */
  readonly omsEndpoint?: string;
  /** Default: in memory. */
  readonly dataFolder?: string;
  /** Where the handlers log. Default: nowhere. */
  readonly log?: Log;
  /** Called with each stored check. */
  readonly onCheck?: NonNullable<CheckPorts['onCheck']>;
  readonly onMessage?: (message: SentMessage) => void;
  readonly onExecution?: (execution: ExecutionResult) => void;
  /** Functions that the stack calls but does not contain, by name. */
  readonly foreign?: Readonly<Record<string, (event: unknown) => Promise<unknown>>>;
  /** For the jitter of retries; in [0, 1). */
  readonly random?: () => number;
  /** The environment to sandbox. Default: process.env, the only one that AWS clients read. */
  readonly env?: Env;
}

export interface SentMessage extends CapturedMessage {
  /** Unix milliseconds on the stack's clock. */
  readonly at: number;
  /** The subscribers of the topic, as `email:dba@example.com`; filter policies are not applied. */
  readonly recipients: readonly string[];
}

export interface StackCounters {
  readonly invocations: number;
  readonly failedInvocations: number;
  readonly executions: number;
  readonly transitions: number;
  readonly largestHistory: number;
  readonly messages: number;
}

/** An API of the stack, and the server that answers for it. */
interface LocalRoute {
  readonly host: string;
  readonly server: Loopback;
}

interface Parts {
  readonly options: LocalStackOptions;
  readonly model: StackModel;
  readonly database: EmbeddedDynamoDb;
  readonly sns: CapturedSns;
  readonly secrets: Loopback;
  readonly routes: readonly LocalRoute[];
  readonly functions: readonly LocalFunction[];
  readonly messages: SentMessage[];
}

export class LocalStack {
  readonly model: StackModel;
  /** In the order they were sent. */
  readonly messages: readonly SentMessage[];
  /** In the order they ended. */
  readonly executions: ExecutionResult[] = [];
  /** For tests, which make it fail. */
  readonly sns: CapturedSns;
  /** For reading the table beside the handlers. */
  readonly database: EmbeddedDynamoDb;
  private readonly parts: Parts;
  private readonly machines: StateMachines;
  private readonly schedules: ScheduleRuns;
  private readonly rules: ExecutionRules;
  private invocations = 0;
  private failedInvocations = 0;

  private constructor(parts: Parts) {
    const { options, model } = parts;
    this.parts = parts;
    this.model = model;
    this.messages = parts.messages;
    this.sns = parts.sns;
    this.database = parts.database;
    this.machines = new StateMachines({
      machines: new Map(model.machines.map(({ arn, definition }) => [arn, definition])),
      clock: options.clock,
      invoke: (arn, payload) => this.invoke(payload, arn),
      onExecution: (execution) => {
        this.executions.push(execution);
        options.onExecution?.(execution);
      },
      ...(options.random ? { random: options.random } : {}),
    });
    this.schedules = new ScheduleRuns(model.schedules, options.clock, (arn, input) => this.invoke(input, arn));
    this.rules = new ExecutionRules(model.rules, (arn, event) =>
      arn.includes(':stateMachine:') ? this.machines.run(arn, event) : this.invoke(event, arn),
    );
  }

  /** @throws CheckFailed for an assembly that cannot be run, InvalidInput for an unusable data folder. */
  static async start(options: LocalStackOptions): Promise<LocalStack> {
    const model = readStack(options.directory, options.stackName);
    const [table, ...others] = model.tables;
    if (!table || others.length > 0)
      throw new CheckFailed(`${model.name} has ${model.tables.length} tables; exactly one is supported`);
    const messages: SentMessage[] = [];
    const started: { close(): Promise<void> }[] = [];
    const noted = <T extends { close(): Promise<void> }>(part: T): T => {
      started.push(part);
      return part;
    };
    const running: { stack?: LocalStack } = {};
    try {
      const { dataFolder } = options;
      const database = noted(
        await startEmbeddedDynamoDb({ table, ...(dataFolder === undefined ? {} : { folder: dataFolder }) }),
      );
      const sns = noted(
        await CapturedSns.start({
          subscriptionsOf: (topicArn) => model.subscriptions.filter((each) => each.topicArn === topicArn),
          onMessage: (message) => {
            const sent = { ...message, at: options.clock.now(), recipients: recipientsOf(model, message.topicArn) };
            messages.push(sent);
            options.onMessage?.(sent);
          },
        }),
      );
      const secrets = noted(await startSecretsEndpoint(secretsOf(model, options.credentials)));
      enterSandbox(options.env ?? process.env, { dynamodb: database.url, sns: sns.url, secretsManager: secrets.url });
      const routes = await Promise.all(
        model.routes.map(async (route) => {
          const invoke = async (arn: string, event: unknown) => await running.stack?.invoke(event, arn);
          return { host: route.host, server: noted(await startRoute(route, invoke)) };
        }),
      );
      const env: Record<string, string> =
        options.omsEndpoint === undefined ? {} : { [ENV.omsEndpoint]: options.omsEndpoint };
      const { clock, log = SILENT_LOG, onCheck } = options;
      const surroundings = { env, clock, log, ...(onCheck ? { onCheck } : {}) };
      const functions = model.functions.map((definition) =>
        loadFunction({ ...definition, environment: onLoopback(definition.environment, routes) }, surroundings),
      );
      running.stack = new LocalStack({ options, model, database, sns, secrets, routes, functions, messages });
      return running.stack;
    } catch (error) {
      await Promise.all(started.map((part) => part.close()));
      throw error;
    }
  }

  /** Invokes a function by ARN or name. Default: the only function. Throws what the handler throws. */
  async invoke(event: unknown, functionReference?: string): Promise<unknown> {
    const { clock, foreign = {} } = this.parts.options;
    const given = functionReference === undefined ? undefined : foreign[functionName(functionReference)];
    const target = given === undefined ? this.functionFor(functionReference) : { invoke: given };
    this.invocations += 1;
    const work = () => target.invoke(event);
    try {
      // Sockets take real time: virtual time must not advance meanwhile.
      return await (clock instanceof VirtualClock ? clock.participate(work) : work());
    } catch (error) {
      this.failedInvocations += 1;
      throw error;
    }
  }

  /** Runs the stand-alone wait to its end, however it ends. */
  startWait(request: unknown, options: { readonly signal?: AbortSignal } = {}): Promise<ExecutionResult> {
    return this.execute(this.model.output('WaitMachineArn'), request, options);
  }

  /** Runs a state machine of the stack to its end, then the rules that match that end. */
  async execute(machineArn: string, input: unknown, options: StartOptions = {}): Promise<ExecutionResult> {
    const execution = await this.machines.run(machineArn, input, options);
    await this.rules.ended(execution);
    return execution;
  }

  /** Runs each schedule once, now. Errors are in the result. */
  runScheduleOnce(): Promise<readonly ScheduledRun[]> {
    return this.schedules.once();
  }

  /** Runs each schedule at its rate, starting now, until the signal aborts. */
  runSchedule(signal: AbortSignal): Promise<void> {
    return this.schedules.until(signal);
  }

  /** Where an address of an API of the stack answers on this machine. */
  localUrl(url: string): string {
    return localUrl(url, this.parts.routes);
  }

  counters(): StackCounters {
    return {
      invocations: this.invocations,
      failedInvocations: this.failedInvocations,
      executions: this.executions.length,
      transitions: this.executions.reduce((sum, { transitions }) => sum + transitions, 0),
      largestHistory: Math.max(0, ...this.executions.map(({ historyEvents }) => historyEvents)),
      messages: this.messages.length,
    };
  }

  async close(): Promise<void> {
    const { database, sns, secrets, routes } = this.parts;
    await Promise.all([database, sns, secrets, ...routes.map(({ server }) => server)].map((part) => part.close()));
  }

  private functionFor(reference: string | undefined): LocalFunction {
    const { functions } = this.parts;
    const found =
      reference === undefined ? functions : functions.filter(({ name }) => name === functionName(reference));
    const [only, ...others] = found;
    if (only && others.length === 0) return only;
    const wanted = reference ?? `the only function (there are ${functions.length})`;
    throw Object.assign(new Error(`Function not found: ${wanted}`), { name: 'Lambda.ResourceNotFoundException' });
  }
}

const SILENT_LOG: Log = { info() {}, warn() {} };

function onLoopback(
  environment: StackFunction['environment'],
  routes: readonly LocalRoute[],
): StackFunction['environment'] {
  return Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, localUrl(value, routes)]));
}

function localUrl(url: string, routes: readonly LocalRoute[]): string {
  const route = routes.find(({ host }) => url.startsWith(`https://${host}/`));
  return route === undefined ? url : url.replace(`https://${route.host}`, route.server.url);
}

/** By the ARN in the functions' environment. */
function secretsOf(model: StackModel, credentials: LocalStackOptions['credentials']): Record<string, unknown> {
  const arns = model.functions
    .map(({ environment }) => environment[ENV.omsSecretId])
    .filter((arn) => arn !== undefined);
  return Object.fromEntries(arns.map((arn) => [arn, credentials]));
}

function recipientsOf(model: StackModel, topicArn: string): string[] {
  return model.subscriptions
    .filter((each) => each.topicArn === topicArn)
    .map(({ protocol, endpoint }) => `${protocol}:${endpoint}`);
}
