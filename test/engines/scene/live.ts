/** Runs the scenarios on an engine in real time, with both stacks deployed. */
import { execFile } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { LOCAL_SECRET } from '../../../local/cloudformation/sandbox';
import type { StackRoute } from '../../../local/cloudformation/template';
import { startRoute } from '../../../local/services/answers-endpoint';
import { SIMULATOR_PASSWORD, SIMULATOR_USERNAME } from '../../../local/simulator/simulator';
import { built } from '../../support/built';
import { REGION } from '../server/aws-api';
import { type Deployment, deploy } from '../server/deployment';
import type { Engine } from '../server/engine';
import { type DeployedFunction, functionsOf, Relays } from '../server/functions';
import { LambdaFunction, QUIET } from '../server/lambda-function';
import type { Invoke } from '../server/lambda-host';
import { type Assemblies, SECRET_NAME, STACKS } from './assembly';
import { itemsOf, type Outcome } from './outcome';
import { MACHINES, projectOf, type Scenario, STEPS, stackOf } from './scenarios';
import type { World } from './world';

const MAILS = 'mails';

export class LiveStacks {
  readonly app: Deployment;
  readonly cutovers: Deployment;
  private readonly engine: Engine;
  private readonly world: World;
  private readonly relays: Relays;
  private readonly functions: ReadonlyMap<string, LambdaFunction>;
  private reading: Promise<void> = Promise.resolve();
  private over = false;

  private constructor(
    engine: Engine,
    world: World,
    app: Deployment,
    cutovers: Deployment,
    functions: readonly DeployedFunction[],
    relays: Relays,
  ) {
    this.relays = relays;
    this.engine = engine;
    this.world = world;
    this.app = app;
    this.cutovers = cutovers;
    this.functions = new Map(functions.map((each) => [each.name, new LambdaFunction(each)]));
  }

  /** @param lambdaUrl where the functions of the user's steps send their events. */
  static async deploy(engine: Engine, assemblies: Assemblies, world: World, lambdaUrl: string, folder: string) {
    await engine.api.json('secretsmanager', 'secretsmanager.CreateSecret', {
      Name: SECRET_NAME,
      SecretString: JSON.stringify({ username: SIMULATOR_USERNAME, password: SIMULATOR_PASSWORD }),
    });
    const app = await deploy(engine, assemblies.app, STACKS.app);
    const cutovers = await deploy(engine, assemblies.cutovers, STACKS.cutovers);
    const functions = [...(await functionsOf(engine, app)), ...(await functionsOf(engine, cutovers))];
    const relays = new Relays(engine, lambdaUrl, folder);
    for (const step of STEPS) await relays.create(`engines-${step}`, functions[0]?.role ?? '');
    const stacks = new LiveStacks(engine, world, app, cutovers, functions, relays);
    await stacks.subscribe();
    stacks.reading = stacks.readMails();
    return stacks;
  }

  /** Runs the deployed functions, for an engine that does not, and the user's steps. */
  readonly invoke: Invoke = async (name, event) => {
    const own = this.functions.get(name);
    if (own !== undefined) return await own.invoke(event);
    const step = STEPS.find((known) => name === `engines-${known}`);
    if (step === undefined) throw new Error(`${this.engine.name} invoked ${name}, which is not deployed`);
    return await this.world.step(step, event);
  };

  /** From now on the functions of both stacks forward their events too. */
  async relayAll(): Promise<void> {
    for (const name of this.functions.keys()) await this.relays.replace(name);
  }

  async play(scenario: Scenario): Promise<Outcome> {
    const project = projectOf(scenario.name);
    const end = await this.run(scenario);
    await this.quiet(project);
    const stack = this[stackOf(scenario.target)];
    return {
      ...end,
      mails: this.world.mails.filter((mail) => mail.project === project),
      items: await itemsOf(this.engine.api, String(stack.outputs.TableName), project),
      steps: this.world.steps.get(project) ?? [],
    };
  }

  async stop(): Promise<void> {
    this.over = true;
    await this.reading;
    for (const each of this.functions.values()) each.stop();
  }

  private async run({
    target,
    input,
    name,
  }: Scenario): Promise<Pick<Outcome, 'status' | 'output' | 'error' | 'cause'>> {
    const { api } = this.engine;
    if (target === 'schedule') {
      const path = `/2015-03-31/functions/${this.app.outputs.CheckFunctionName}/invocations`;
      const event = await this.scheduledEvent();
      return {
        status: 'SUCCEEDED',
        output: JSON.parse(await api.send('lambda', path, { method: 'POST', body: event })),
      };
    }
    const machine = this[stackOf(target)].outputs[MACHINES[target]];
    const { executionArn } = await api.json('states', 'AWSStepFunctions.StartExecution', {
      stateMachineArn: machine,
      name,
      input: JSON.stringify(input),
    });
    for (;;) {
      const execution = await api.json('states', 'AWSStepFunctions.DescribeExecution', { executionArn });
      const { status, output, error, cause } = execution as Record<string, string | undefined>;
      if (status !== 'RUNNING') {
        return {
          status: String(status),
          // In ministack, failed executions have an output, too.
          ...(status !== 'SUCCEEDED' || output === undefined ? {} : { output: JSON.parse(output) }),
          ...(error === undefined ? {} : { error }),
          ...(cause === undefined ? {} : { cause }),
        };
      }
      await pause(500);
    }
  }

  /** The input of the schedule, from the engine or, if the engine does not create schedules, from the template. */
  private async scheduledEvent(): Promise<string> {
    const { template, resources } = this.app;
    const schedules = Object.entries(template.Resources).filter(([, { Type }]) => Type === 'AWS::Scheduler::Schedule');
    const [[logicalId, { Properties = {} }] = ['', {}]] = schedules;
    const name = resources.get(logicalId);
    if (name === undefined) return (Properties.Target as ScheduleTarget).Input;
    const schedule = await this.engine.api.send('scheduler', `/schedules/${name}`, { method: 'GET' });
    return (JSON.parse(schedule) as { readonly Target: ScheduleTarget }).Target.Input;
  }

  /** Waits until no more e-mails arrive: a duplicate could arrive after the end. */
  private async quiet(project: string): Promise<void> {
    const count = () => this.world.mails.filter((mail) => mail.project === project).length;
    for (let before = -1; before !== count(); ) {
      before = count();
      await pause(1_500);
    }
  }

  /** To a queue, because e-mails cannot be read on every engine. */
  private async subscribe(): Promise<void> {
    const { api, accountId } = this.engine;
    await api.json('sqs', 'AmazonSQS.CreateQueue', { QueueName: MAILS });
    for (const { outputs } of [this.app, this.cutovers]) {
      await api.query('sns', '2010-03-31', {
        Action: 'Subscribe',
        TopicArn: String(outputs.TopicArn),
        Protocol: 'sqs',
        Endpoint: `arn:aws:sqs:${REGION}:${accountId}:${MAILS}`,
      });
    }
  }

  private async readMails(): Promise<void> {
    const { api, accountId } = this.engine;
    const queue = { QueueUrl: `${api.endpoint}/${accountId}/${MAILS}` };
    const reading: Promise<void>[] = [];
    while (!this.over) {
      const { Messages = [] } = (await api.json('sqs', 'AmazonSQS.ReceiveMessage', {
        ...queue,
        MaxNumberOfMessages: 10,
      })) as { Messages?: { Body: string; ReceiptHandle: string }[] };
      for (const { Body, ReceiptHandle } of Messages) {
        await api.json('sqs', 'AmazonSQS.DeleteMessage', { ...queue, ReceiptHandle });
        const { Subject: subject, MessageAttributes: attributes } = JSON.parse(Body) as SnsEnvelope;
        const [project, changeId] = [attributes.project?.Value ?? '', attributes.changeId?.Value ?? ''];
        reading.push(
          this.world.read({ project, subject, changeId }, (run, approve) => this.answer(project, run, approve)),
        );
      }
      if (Messages.length === 0) await pause(250);
    }
    await Promise.all(reading);
  }

  /** With the command line, as an approver does. Neither engine runs an HTTP API: a local one forwards to the engine's function. */
  private async answer(project: string, run: string, approve: boolean): Promise<void> {
    const gateway = await startRoute(this.approvalRoute(), async (functionName, event) => {
      const path = `/2015-03-31/functions/${functionName}/invocations`;
      const reply = await this.engine.api.send('lambda', path, { method: 'POST', body: JSON.stringify(event) });
      return JSON.parse(reply);
    });
    try {
      const words = [approve ? 'approve' : 'reject', '--project', project, '--run', run];
      const place = ['--url', `${gateway.url}${APPROVAL_PATH}`, '--region', REGION];
      await promisify(execFile)(process.execPath, [built('dist/oms-cutover.js'), ...words, ...place], {
        env: {
          PATH: process.env.PATH ?? '',
          AWS_ACCESS_KEY_ID: 'dba',
          AWS_SECRET_ACCESS_KEY: LOCAL_SECRET,
          ...QUIET,
        },
      });
    } finally {
      await gateway.close();
    }
  }

  /** The approval route of the pipeline, with the function's name in the engine. */
  private approvalRoute(): StackRoute {
    const { template, resources } = this.cutovers;
    const integration = Object.entries(template.Resources).find(
      ([logicalId, { Type }]) => Type === 'AWS::ApiGatewayV2::Integration' && logicalId.startsWith('WithApproval'),
    );
    const { IntegrationUri: uri } = (integration?.[1].Properties ?? {}) as {
      IntegrationUri?: { 'Fn::GetAtt'?: string[] };
    };
    const functionArn = resources.get(uri?.['Fn::GetAtt']?.[0] ?? '');
    if (functionArn === undefined) throw new Error('the pipeline with an approval has no function behind its API');
    return { routeKey: `POST ${APPROVAL_PATH}`, host: '', isSigned: true, functionArn };
  }
}

const APPROVAL_PATH = '/answer';

interface ScheduleTarget {
  readonly Input: string;
}

interface SnsEnvelope {
  readonly Subject: string;
  readonly MessageAttributes: Readonly<Record<string, { readonly Value: string } | undefined>>;
}
