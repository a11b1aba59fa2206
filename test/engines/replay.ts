/**
 * Replays recorded runs on the interpreter of an engine. It must enter the same states in the same order, call the same functions with the
 * same input, produce as many history events, and end with the same output, error and cause.
 */
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Start, secondsSince, withStacks } from './play';
import type { Assemblies } from './scene/assembly';
import { mask, type Translate, translation, unequal } from './scene/compare';
import { REPLAY_DIFFERENCES, type ReplayDifference } from './scene/differences';
import type { ExecutionRecord, Recording } from './scene/recording';
import { MACHINES, type Scenario, stackOf } from './scene/scenarios';
import type { Deployment } from './server/deployment';
import type { Engine } from './server/engine';
import type { Invoke } from './server/lambda-host';

export interface Replays {
  readonly of: number;
  readonly equal: number;
  /** Events of the longest history. */
  readonly longestHistory: number;
  /** The known differences that occurred. */
  readonly explained: readonly ReplayDifference[];
  readonly problems: readonly string[];
  readonly seconds: number;
}

/** On a new engine without waits. */
export async function replayOn(
  start: Start,
  recordings: readonly Recording[],
  assemblies: Assemblies,
  folder: string,
): Promise<Replays> {
  const began = performance.now();
  const explained: ReplayDifference[] = [];
  const problems: string[] = [];
  let equal = 0;
  await withStacks(
    start,
    { scenarios: [], waitScale: 0, assemblies, folder: join(folder, 'replays') },
    async ({ stacks, engine, host }) => {
      await stacks.relayAll();
      const replayer = new Replayer(engine, stacks, translation(engine.name));
      host.invoke = replayer.invoke;
      for (const recording of recordings) {
        const { name } = recording.scenario;
        const found = await replayer.replay(recording);
        const known = REPLAY_DIFFERENCES.filter(({ scenario }) => scenario === name);
        const open = found.filter((problem) => !known.some(({ about }) => about.test(problem)));
        if (found.length === 0) equal += 1;
        else if (open.length === 0) explained.push(...known);
        problems.push(...open.map((problem) => `${engine.name}, ${name}: ${problem}`));
        if (found.length === 0)
          problems.push(
            ...known.map(() => `${engine.name}, ${name}: no longer differs, remove it from differences.ts`),
          );
      }
    },
  );
  const histories = recordings.flatMap(({ executions }) => executions.map(({ historyEvents }) => historyEvents));
  return {
    of: recordings.length,
    equal,
    longestHistory: Math.max(...histories),
    explained,
    problems,
    seconds: secondsSince(began),
  };
}

interface Stacks {
  readonly app: Deployment;
  readonly cutovers: Deployment;
}

/** Replays one recording at a time. */
class Replayer {
  private readonly engine: Engine;
  private readonly stacks: Stacks;
  private readonly translate: Translate;
  private current: Recording | undefined;
  private answered = 0;
  private readonly problems: string[] = [];

  constructor(engine: Engine, stacks: Stacks, translate: Translate) {
    this.engine = engine;
    this.stacks = stacks;
    this.translate = translate;
  }

  /** Returns the recorded output of the next task. */
  readonly invoke: Invoke = async (functionName, event) => {
    // From the rule on the end of an execution, which recordings do not contain.
    if (isExecutionEnd(event)) return null;
    const called = /^engines-(\w+)$/.exec(functionName)?.[1] ?? 'check';
    const task = this.current?.tasks[this.answered];
    this.answered += 1;
    if (task === undefined) throw new Error(`${called} was called after the last recorded task`);
    if (task.called !== called) this.problems.push(`task ${this.answered} called ${called}, locally ${task.called}`);
    this.problems.push(...unequal(`task ${this.answered}`, mask(event, this.translate), mask(task.event)));
    if ('error' in task.answer) {
      const { name, message } = task.answer.error;
      throw Object.assign(new Error(message), { name });
    }
    return task.answer.reply;
  };

  /** All differences between the run of the engine and the recording. */
  async replay(recording: Recording): Promise<readonly string[]> {
    this.current = recording;
    this.answered = 0;
    this.problems.length = 0;
    const theirs = await this.run(recording.scenario);
    const { tasks, executions } = recording;
    if (this.answered !== tasks.length) this.problems.push(`${this.answered} tasks, locally ${tasks.length}`);
    if (theirs.length !== executions.length)
      this.problems.push(`${theirs.length} executions, locally ${executions.length}`);
    for (const [i, ours] of executions.entries()) {
      const path = i === executions.length - 1 ? 'execution' : `leg ${i + 1}`;
      this.problems.push(...unequal(path, mask(theirs[i], this.translate), mask(ours)));
      if (theirs[i]?.historyEvents !== ours.historyEvents)
        this.problems.push(`${path} has ${theirs[i]?.historyEvents} events, locally ${ours.historyEvents}`);
    }
    return [...this.problems];
  }

  private async run({ target, name, input }: Scenario): Promise<ExecutionRecord[]> {
    if (target === 'schedule') throw new Error(`${name} runs no state machine`);
    const { executionArn } = await this.engine.api.json('states', 'AWSStepFunctions.StartExecution', {
      stateMachineArn: this.stacks[stackOf(target)].outputs[MACHINES[target]],
      name,
      input: JSON.stringify(input),
    });
    return await this.ended(String(executionArn));
  }

  /** Waits for the end. Legs first, in the order of their ends. */
  private async ended(executionArn: string): Promise<ExecutionRecord[]> {
    const { api } = this.engine;
    for (;;) {
      const { status, output, error, cause } = (await api.json('states', 'AWSStepFunctions.DescribeExecution', {
        executionArn,
      })) as Record<string, string | undefined>;
      if (status === 'RUNNING') {
        await pause(100);
        continue;
      }
      const events = await this.history(executionArn);
      const legs: ExecutionRecord[] = [];
      for (const arn of events.flatMap(legStartedBy)) legs.push(...(await this.ended(arn)));
      return [
        ...legs,
        {
          status: String(status),
          ...(status === 'SUCCEEDED' ? { output: JSON.parse(String(output)) } : {}),
          ...(error === undefined ? {} : { error, cause: cause ?? '' }),
          states: events.flatMap(({ stateEnteredEventDetails }) => stateEnteredEventDetails?.name ?? []),
          historyEvents: events.length,
        },
      ];
    }
  }

  private async history(executionArn: string): Promise<HistoryEvent[]> {
    const events: HistoryEvent[] = [];
    let nextToken: unknown;
    do {
      const page = await this.engine.api.json('states', 'AWSStepFunctions.GetExecutionHistory', {
        executionArn,
        maxResults: 1_000,
        ...(nextToken === undefined ? {} : { nextToken }),
      });
      events.push(...(page.events as HistoryEvent[]));
      nextToken = page.nextToken ?? undefined;
    } while (nextToken !== undefined);
    return events;
  }
}

const isExecutionEnd = (event: unknown): boolean =>
  typeof event === 'object' && event !== null && 'detail-type' in event;

interface HistoryEvent {
  readonly stateEnteredEventDetails?: { readonly name: string };
  readonly taskSubmittedEventDetails?: { readonly resourceType?: string; readonly output?: string };
}

function legStartedBy({ taskSubmittedEventDetails: details }: HistoryEvent): string[] {
  if (details?.output === undefined || details.resourceType !== 'states') return [];
  const { ExecutionArn: arn } = JSON.parse(details.output) as { ExecutionArn?: string };
  return arn === undefined ? [] : [arn];
}
