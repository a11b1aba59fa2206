/** The scenarios on a laptop: the same templates through our own stack, on a virtual clock. What an engine shows is held against this. */
import { DynamoDbCutovers } from '../../lambda/adapters/dynamodb/cutover-store';
import { answerCutover } from '../../lambda/core/cutover/approval';
import { SIMULATOR_PASSWORD, SIMULATOR_USERNAME } from '../../local/simulator/simulator';
import { LocalStack } from '../../local/stack';
import { VirtualClock } from '../../local/virtual-clock';
import { type Assemblies, STACKS } from './assembly';
import { AwsApi } from './aws-api';
import { itemsOf, type Outcome } from './outcome';
import { projectOf, type Scenario, type Step } from './scenarios';
import { World } from './world';

/** As AWS names one who answers. */
const PERSON = 'arn:aws:sts::000000000000:assumed-role/dba/person';

export async function playOnLaptop(
  scenarios: readonly Scenario[],
  assemblies: Assemblies,
): Promise<ReadonlyMap<string, Outcome>> {
  const outcomes = new Map<string, Outcome>();
  for (const which of ['app', 'cutovers'] as const) {
    const own = scenarios.filter(({ plays }) => (plays === 'wait' || plays === 'schedule') === (which === 'app'));
    const clock = new VirtualClock();
    const world = await World.start(own, clock, assemblies.omsPort);
    const stack = await start(assemblies[which], which, world, clock);
    try {
      for (const scenario of own) outcomes.set(scenario.name, await play(scenario, stack, world));
    } finally {
      await stack.close();
      await world.simulator.close();
    }
  }
  return outcomes;
}

async function start(
  directory: string,
  which: keyof typeof STACKS,
  world: World,
  clock: VirtualClock,
): Promise<LocalStack> {
  const steps = ['stopWrites', 'resumeWrites', 'verify', 'switchTraffic'] as const;
  const stack: LocalStack = await LocalStack.start({
    directory,
    stackName: STACKS[which],
    clock,
    credentials: { username: SIMULATOR_USERNAME, password: SIMULATOR_PASSWORD },
    log: { info: () => undefined, warn: () => undefined },
    foreign: Object.fromEntries(
      steps.map((step: Step) => [`engines-${step}`, (event: unknown) => world.step(step, event)]),
    ),
    onMessage: ({ subject = '', attributes }) => {
      const { project = '', changeId = '' } = attributes;
      void world.read({ project, subject, changeId }, async (run, approve) => {
        const cutovers = new DynamoDbCutovers({
          client: stack.database.client(),
          tableName: stack.model.output('TableName'),
        });
        const order = { project, run, approve, by: PERSON, now: clock.now() };
        await clock.participate(() => answerCutover(order, cutovers));
      });
    },
  });
  return stack;
}

async function play(scenario: Scenario, stack: LocalStack, world: World): Promise<Outcome> {
  const project = projectOf(scenario.name);
  const end = await run(scenario, stack);
  const table = stack.model.output('TableName');
  return {
    ...end,
    mails: world.mails.filter((mail) => mail.project === project),
    items: await itemsOf(new AwsApi(stack.database.url), table, project),
    steps: world.steps.get(project) ?? [],
  };
}

async function run(
  { plays, input, name }: Scenario,
  stack: LocalStack,
): Promise<Pick<Outcome, 'status' | 'output' | 'error' | 'cause'>> {
  if (plays === 'schedule') {
    return { status: 'SUCCEEDED', output: await stack.invoke(input) };
  }
  const machine = { wait: 'WaitMachineArn', alone: 'AloneMachineArn', withPeople: 'WithPeopleMachineArn' }[plays];
  return await stack.execute(stack.model.output(machine), input, { name });
}
