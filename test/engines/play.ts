/** One engine: started, both stacks deployed, every scenario played and held against the laptop's. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../lambda/adapters/system';
import type { Assemblies } from './scene/assembly';
import { differences, endsAsItMust } from './scene/compare';
import type { Wording } from './scene/differences';
import { LiveStacks } from './scene/live';
import type { Outcome } from './scene/outcome';
import type { Scenario } from './scene/scenarios';
import { World } from './scene/world';
import type { Deployment } from './server/deployment';
import type { Engine, EngineOptions } from './server/engine';
import { LambdaHost } from './server/lambda-host';
import { limitOf } from './server/limits';

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
  const used = new Set<Wording>();
  const reports: Omit<EngineReport, 'wordings' | 'seconds' | 'played'>[] = [];
  const played: Played[] = [];
  // Those whose waits are skipped go to an engine of their own.
  for (const skipsWaits of [false, true]) {
    const own = scenarios.filter((scenario) => (scenario.skipsWaits ?? false) === skipsWaits);
    if (own.length === 0) continue;
    const place = {
      scenarios: own,
      waitScale: skipsWaits ? 0 : 1,
      assemblies,
      folder: join(folder, `${start.name}-${skipsWaits}`),
    };
    await withStacks(start, place, async ({ stacks, engine }) => {
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

export const secondsSince = (moment: number): number => Math.round((performance.now() - moment) / 100) / 10;

export interface Place {
  readonly scenarios: readonly Scenario[];
  readonly waitScale: number;
  readonly assemblies: Assemblies;
  /** New, for what the engine writes. */
  readonly folder: string;
}

export interface Running {
  readonly stacks: LiveStacks;
  readonly engine: Engine;
  /** Where the engine's invocations arrive. */
  readonly host: LambdaHost;
}

/** Starts an engine, deploys both stacks, and ends all of it after the work. */
export async function withStacks(
  start: Start,
  { scenarios, waitScale, assemblies, folder }: Place,
  work: (running: Running) => Promise<void>,
): Promise<void> {
  mkdirSync(folder);
  const toClose: (() => unknown)[] = [];
  try {
    const world = await World.start(scenarios, systemClock, assemblies.omsPort);
    toClose.push(() => world.simulator.close());
    const host = await LambdaHost.start(() => Promise.reject(new Error('nothing is deployed yet')));
    toClose.push(() => host.close());
    const engine = await start({ lambdaUrl: host.url, waitScale, folder });
    toClose.push(() => engine.stop());
    const stacks = await LiveStacks.deploy(engine, assemblies, world, host.url, folder);
    toClose.push(() => stacks.stop());
    host.invoke = stacks.invoke;
    await work({ stacks, engine, host });
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
