/** Runs the scenarios locally, on a virtual clock: the same templates through local/stack.ts. The results on engines are compared with these. */
import { DynamoDbCutovers } from '../../../lambda/adapters/dynamodb/cutover-store';
import { answerCutover } from '../../../lambda/core/cutover/approval';
import { SIMULATOR_PASSWORD, SIMULATOR_USERNAME } from '../../../local/simulator/simulator';
import { LocalStack } from '../../../local/stack';
import { VirtualClock } from '../../../local/virtual-clock';
import { AwsApi } from '../server/aws-api';
import { type Assemblies, STACKS } from './assembly';
import { itemsOf, type Outcome } from './outcome';
import { MACHINES, projectOf, type Scenario, STEPS, stackOf } from './scenarios';
import { World } from './world';

/** Form of the ARN of a caller. */
const APPROVER = 'arn:aws:sts::000000000000:assumed-role/dba/person';

export interface OnLaptop {
  readonly stack: LocalStack;
  readonly world: World;
  readonly clock: VirtualClock;
}

/** Sequentially, each scenario on its stack. */
export async function onLaptop(
  scenarios: readonly Scenario[],
  assemblies: Assemblies,
  work: (scenario: Scenario, laptop: OnLaptop) => Promise<void>,
): Promise<void> {
  for (const which of ['app', 'cutovers'] as const) {
    const own = scenarios.filter(({ target }) => stackOf(target) === which);
    if (own.length === 0) continue;
    const clock = new VirtualClock();
    const world = await World.start(own, clock, assemblies.omsPort);
    const stack = await start(assemblies[which], which, world, clock);
    try {
      for (const scenario of own) await work(scenario, { stack, world, clock });
    } finally {
      await stack.close();
      await world.simulator.close();
    }
  }
}

export async function playOnLaptop(
  scenarios: readonly Scenario[],
  assemblies: Assemblies,
): Promise<ReadonlyMap<string, Outcome>> {
  const outcomes = new Map<string, Outcome>();
  await onLaptop(scenarios, assemblies, async (scenario, { stack, world }) => {
    const project = projectOf(scenario.name);
    const end = await run(scenario, stack);
    outcomes.set(scenario.name, {
      ...end,
      mails: world.mails.filter((mail) => mail.project === project),
      items: await itemsOf(new AwsApi(stack.database.url), stack.model.output('TableName'), project),
      steps: world.steps.get(project) ?? [],
    });
  });
  return outcomes;
}

async function start(
  directory: string,
  which: keyof typeof STACKS,
  world: World,
  clock: VirtualClock,
): Promise<LocalStack> {
  const stack: LocalStack = await LocalStack.start({
    directory,
    stackName: STACKS[which],
    clock,
    credentials: { username: SIMULATOR_USERNAME, password: SIMULATOR_PASSWORD },
    log: { info: () => undefined, warn: () => undefined },
    foreign: Object.fromEntries(STEPS.map((step) => [`engines-${step}`, (event: unknown) => world.step(step, event)])),
    onMessage: ({ subject = '', attributes }) => {
      const { project = '', changeId = '' } = attributes;
      void world.read({ project, subject, changeId }, async (run, approve) => {
        const cutovers = new DynamoDbCutovers({
          client: stack.database.client(),
          tableName: stack.model.output('TableName'),
        });
        const order = { project, run, approve, by: APPROVER, now: clock.now() };
        await clock.participate(() => answerCutover(order, cutovers));
      });
    },
  });
  return stack;
}

async function run(
  { target, input, name }: Scenario,
  stack: LocalStack,
): Promise<Pick<Outcome, 'status' | 'output' | 'error' | 'cause'>> {
  if (target === 'schedule') return { status: 'SUCCEEDED', output: await stack.invoke(input) };
  return await stack.execute(stack.model.output(MACHINES[target]), input, { name });
}
