/** `demo --scenario cutover`: runs the synthesized pipeline against a source that takes writes, and counts the writes missing at the end. */
import { DynamoDbCutovers } from '../../lambda/adapters/dynamodb/cutover-store';
import { formatDuration } from '../../lambda/contract/values/duration';
import { receiptText } from '../../lambda/core/cutover/receipt';
import { CheckFailed } from '../../lambda/core/model/errors';
import { LOCAL_REGION, LOCAL_SECRET } from '../../local/cloudformation/sandbox';
import { synthesize } from '../../local/cloudformation/synthesize';
import { Random } from '../../local/random';
import { ModelledSource } from '../../local/simulator/modelled-source';
import { SIMULATOR_PASSWORD, SIMULATOR_USERNAME, startSimulator } from '../../local/simulator/simulator';
import { LocalStack } from '../../local/stack';
import { VirtualClock } from '../../local/virtual-clock';
import { sendAnswer } from '../input/answers';
import type { Io } from '../input/command';
import { EXIT } from '../output/exit-status';
import { JsonLines } from '../output/json-lines';
import { type Notified, notifiedBySns, type Printer } from '../output/printer';

export const CUTOVER_SCENARIO = {
  name: 'cutover',
  title: 'Cutover',
  description:
    'A source takes writes until the pipeline stops them: approval, fence, drain, switchover, verification, switch. Counts the writes missing at the end.',
} as const;

const PROJECT = 'p_demo';
const RUN = 'demo-cutover';
const RECIPIENT = 'dba@example.com';
const OPERATOR = { region: LOCAL_REGION, credentials: { accessKeyId: 'dba', secretAccessKey: LOCAL_SECRET } };
/** How long the operator of the demo takes. */
const APPROVES_AFTER_MS = 4 * 60_000;
const SWITCHES_OVER_AFTER_MS = 45_000;

/** Writes at the moment when traffic was switched. */
interface Proof {
  readonly committed: number;
  readonly missing: number;
}

export async function playCutover(fenced: boolean, printer: Printer, io: Io): Promise<number> {
  const began = performance.now();
  const clock = new VirtualClock();
  const startedAt = clock.now();
  const source = new ModelledSource({
    startedAt,
    random: new Random(20_261_123).next,
    writesPerSecond: 8,
    usualLagMs: 7_000,
    firstLagMs: 6 * 60_000,
    skewMs: 1_500,
    reverse: true,
  });
  printer.note(`${CUTOVER_SCENARIO.title}: ${CUTOVER_SCENARIO.description}\n`);
  printer.note('Synthesizing the stack …');
  const simulator = await startSimulator({ projects: { [PROJECT]: source }, now: () => clock.now() });
  const context = { omsEndpoint: simulator.url, projects: PROJECT, notifyEmail: RECIPIENT };
  const assembly = await synthesize({ app: 'cutover-demo', context, signal: io.signal }).catch(
    async (error: unknown) => {
      await simulator.close();
      throw error;
    },
  );
  let proof: Proof | null = null;
  let stack: LocalStack | null = null;
  const actions: Promise<void>[] = [];
  try {
    stack = await LocalStack.start({
      directory: assembly.directory,
      clock,
      credentials: { username: SIMULATOR_USERNAME, password: SIMULATOR_PASSWORD },
      onCheck: (result, looker) => printer.check(result, looker),
      onMessage: (message) => {
        const notified = notifiedBySns(message);
        printer.notification(notified);
        const action = actionFor(notified);
        if (action !== null) actions.push(action());
      },
      foreign: {
        'demo-stopWrites': async () => {
          const lastCommit = source.stopWrites(clock.now());
          printer.note('   stopWrites: no new transaction begins; open ones still commit');
          // As FLUSH TABLES WITH READ LOCK: returns when the last transaction has committed. The time is read on the source.
          await clock.sleep(Math.max(0, lastCommit - clock.now()) + 100);
          return { writesStoppedAt: new Date(source.sourceTime(clock.now())).toISOString() };
        },
        'demo-resumeWrites': async () => {
          source.resumeWrites(clock.now());
          printer.note('   resumeWrites: the source accepts writes again');
          return {};
        },
        'demo-verify': async () => {
          await clock.sleep(5_000);
          printer.note('   verify: target and source have the same rows');
          return {};
        },
        'demo-switchTraffic': async () => {
          proof = { committed: source.committed(clock.now()), missing: source.missing(clock.now()) };
          printer.note('   switchTraffic: the applications use the target');
          return {};
        },
      },
    });
    const cutovers = new DynamoDbCutovers({
      client: stack.database.client(),
      tableName: stack.model.output('TableName'),
    });
    const approvalUrl = stack.localUrl(stack.model.output('ApprovalUrl'));
    /** What the recipient of the e-mail does; null where it asks for nothing. */
    function actionFor({ changeId }: Notified): (() => Promise<void>) | null {
      if (changeId.startsWith(`${RUN}/ask-`))
        return async () => {
          await clock.sleep(APPROVES_AFTER_MS);
          printer.note(`   operator: oms-cutover approve --project ${PROJECT} --run ${RUN}\n`);
          await clock.participate(() =>
            sendAnswer(approvalUrl, OPERATOR, { projectId: PROJECT, run: RUN, approve: true }),
          );
        };
      if (changeId === `${RUN}/switchover`)
        return async () => {
          await clock.sleep(SWITCHES_OVER_AFTER_MS);
          printer.note('   operator: switches over in the OMS console\n');
          source.switchOver(clock.now());
        };
      return null;
    }
    const machine = stack.model.output(fenced ? 'CutoverMachineArn' : 'WithoutFenceMachineArn');
    const execution = await stack.execute(machine, { projectId: PROJECT }, { name: RUN, signal: io.signal });
    await Promise.all(actions);
    const record = fenced ? await clock.participate(() => cutovers.readCutover(PROJECT, RUN)) : undefined;
    if (record !== undefined) {
      if (printer instanceof JsonLines) printer.print({ type: 'receipt', ...record });
      printer.note(`\n${receiptText(record)}`);
    }
    if (proof === null) throw new CheckFailed(`traffic was not switched: ${execution.error}: ${execution.cause}`);
    const { committed, missing } = proof as Proof;
    const code = missing === 0 ? 'NothingMissing' : 'WritesMissing';
    const how = fenced ? 'with the fence' : 'without a fence, on a small lag alone';
    const message = `${missing} of ${committed} writes committed on the source were missing on the target at the switch, ${how}`;
    if (printer instanceof JsonLines) printer.print({ type: 'proof', fence: fenced, committed, missing });
    printer.result({
      verdict: missing === 0 ? 'MET' : 'FAILED',
      reason: { code, message },
      checks: simulator.requests.progress,
    });
    printer.note(
      `${formatDuration((clock.now() - startedAt) / 1000)} of migration in ${Math.round((performance.now() - began) / 100) / 10} s`,
    );
    return missing === 0 && execution.status === 'SUCCEEDED' ? EXIT.ok : EXIT.migration;
  } finally {
    await stack?.close();
    await simulator.close();
    assembly.remove();
  }
}
