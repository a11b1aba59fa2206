/** One engine: started, both stacks deployed, every scenario played and held against the laptop's. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../lambda/adapters/system';
import type { Assemblies } from './assembly';
import { differences, endsAsItMust } from './compare';
import type { Deployment } from './deployment';
import type { Wording } from './differences';
import type { Engine, EngineOptions } from './engine';
import { LambdaHost } from './lambda-host';
import { limitOf } from './limits';
import { LiveStacks } from './live';
import type { Outcome } from './outcome';
import type { Scenario } from './scenarios';
import { World } from './world';

export type Start = (options: EngineOptions) => Promise<Engine>;

export interface Played {
  readonly scenario: string;
  /** In words; empty where all is as it must be. */
  readonly problems: readonly string[];
  readonly seconds: number;
}

export interface EngineReport {
  readonly name: string;
  /** Of the app's template. */
  readonly resources: { readonly made: number; readonly of: number };
  readonly problems: readonly string[];
  readonly played: readonly Played[];
  readonly wordings: readonly Wording[];
  readonly seconds: number;
}

export async function playOn(
  start: Start,
  scenarios: readonly Scenario[],
  laptop: ReadonlyMap<string, Outcome>,
  assemblies: Assemblies,
  folder: string,
): Promise<EngineReport> {
  const began = performance.now();
  const secondsSince = (moment: number) => Math.round((performance.now() - moment) / 100) / 10;
  const used = new Set<Wording>();
  const reports: Omit<EngineReport, 'wordings' | 'seconds' | 'played'>[] = [];
  const played: Played[] = [];
  // Those whose waits are skipped go to an engine of their own.
  for (const skipsWaits of [false, true]) {
    const own = scenarios.filter((scenario) => (scenario.skipsWaits ?? false) === skipsWaits);
    if (own.length === 0) continue;
    await withStacks(start, own, skipsWaits ? 0 : 1, assemblies, folder, async (stacks, engine) => {
      const { name } = engine;
      reports.push({ name, resources: countOf(stacks.app), problems: [...limitProblems(name, stacks.app)] });
      const all = own.map(async (scenario) => {
        const entered = performance.now();
        const ours = laptop.get(scenario.name);
        if (ours === undefined) throw new Error(`${scenario.name} was not played on the laptop`);
        const theirs = await stacks.play(scenario);
        const problems = [
          ...endsAsItMust(scenario.ends, theirs),
          ...differences(name, theirs, ours, (wording) => used.add(wording)),
        ];
        played.push({ scenario: scenario.name, problems, seconds: secondsSince(entered) });
      });
      await Promise.all(all);
    });
  }
  const [first] = reports;
  if (first === undefined) throw new Error('there are no scenarios');
  return {
    ...first,
    problems: reports.flatMap(({ problems }) => problems),
    played: scenarios.flatMap(({ name }) => played.filter(({ scenario }) => scenario === name)),
    wordings: [...used],
    seconds: secondsSince(began),
  };
}

/** @param work is given the engine with both stacks in it, and where its invocations arrive. */
export async function withStacks(
  start: Start,
  scenarios: readonly Scenario[],
  waitScale: number,
  assemblies: Assemblies,
  folder: string,
  work: (stacks: LiveStacks, engine: Engine, host: LambdaHost) => Promise<void>,
): Promise<void> {
  const own = join(folder, `${start.name}-${waitScale}`);
  mkdirSync(own);
  const toClose: (() => unknown)[] = [];
  try {
    const world = await World.start(scenarios, systemClock, assemblies.omsPort);
    toClose.push(() => world.simulator.close());
    const host = await LambdaHost.start(() => Promise.reject(new Error('nothing is deployed yet')));
    toClose.push(() => host.close());
    const engine = await start({ lambdaUrl: host.url, waitScale, folder: own });
    toClose.push(() => engine.stop());
    const stacks = await LiveStacks.deploy(engine, assemblies, world, host.url, own);
    toClose.push(() => stacks.stop());
    host.invoke = stacks.invoke;
    await work(stacks, engine, host);
    if (host.failures.length > 0) throw new Error(`events that nobody waits for failed: ${host.failures.join('; ')}`);
  } finally {
    for (const close of toClose.reverse()) await close();
  }
}

function countOf({ template, resources }: Deployment): EngineReport['resources'] {
  return { made: resources.size, of: Object.keys(template.Resources).length };
}

/** Exactly what limits.ts says is missing. */
function* limitProblems(engine: string, { template, resources }: Deployment): Iterable<string> {
  for (const [logicalId, resource] of Object.entries(template.Resources)) {
    const isLimit = limitOf(engine, resource) !== undefined;
    if (!resources.has(logicalId) && !isLimit) yield `${engine} made no ${resource.Type} ${logicalId}`;
    if (resources.has(logicalId) && isLimit)
      yield `${engine} made the ${resource.Type} ${logicalId}: limits.ts is out of date`;
  }
}
