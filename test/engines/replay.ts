/**
 * Puts the recorded answers to an engine's own interpreter: it has to enter the same states in the same order, ask the same of the same
 * functions, leave as many events in each history, and end with the same output, error and cause.
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
  /** Events of the largest history among them. */
  readonly longestHistory: number;
  /** By replay, the difference that explains it. */
  readonly explained: readonly ReplayDifference[];
  /** In words. */
  readonly problems: readonly string[];
  readonly seconds: number;
}

/** All of them, on an engine of their own whose waits are skipped. */
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

/** Plays recordings, one at a time. */
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

  /** What the engine's functions are asked. */
  readonly invoke: Invoke = async (functionName, event) => {
    // EventBridge of the engine says that an execution has ended: the laptop's rule is not part of a recording.
    if (isExecutionEnd(event)) return null;
    const asked = /^engines-(\w+)$/.exec(functionName)?.[1] ?? 'check';
    const task = this.current?.tasks[this.answered];
    this.answered += 1;
    if (task === undefined) throw new Error(`${asked} was asked, after all recorded tasks`);
    if (task.asked !== asked)
      this.problems.push(`task ${this.answered} asked ${asked}, and on the laptop ${task.asked}`);
    this.problems.push(...unequal(`task ${this.answered}`, mask(event, this.translate), mask(task.event)));
    if ('error' in task.answer) {
      const { name, message } = task.answer.error;
      throw Object.assign(new Error(message), { name });
    }
    return task.answer.reply;
  };

  /** In words, all in which the engine's run differs. */
  async replay(recording: Recording): Promise<readonly string[]> {
    this.current = recording;
    this.answered = 0;
    this.problems.length = 0;
    const theirs = await this.run(recording.scenario);
    const { tasks, executions } = recording;
    if (this.answered !== tasks.length)
      this.problems.push(`${this.answered} tasks were asked, and on the laptop ${tasks.length}`);
    if (theirs.length !== executions.length)
      this.problems.push(`${theirs.length} executions, and on the laptop ${executions.length}`);
    for (const [i, ours] of executions.entries()) {
      const path = i === executions.length - 1 ? 'execution' : `leg ${i + 1}`;
      this.problems.push(...unequal(path, mask(theirs[i], this.translate), mask(ours)));
      if (theirs[i]?.historyEvents !== ours.historyEvents)
        this.problems.push(`${path} has ${theirs[i]?.historyEvents} events, and on the laptop ${ours.historyEvents}`);
    }
    return [...this.problems];
  }

  private async run({ plays, name, input }: Scenario): Promise<ExecutionRecord[]> {
    if (plays === 'schedule') throw new Error(`${name} runs no state machine`);
    const { executionArn } = await this.engine.api.json('states', 'AWSStepFunctions.StartExecution', {
      stateMachineArn: this.stacks[stackOf(plays)].outputs[MACHINES[plays]],
      name,
      input: JSON.stringify(input),
    });
    return await this.ended(String(executionArn));
  }

  /** Legs first, as they end. */
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
