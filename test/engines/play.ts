/** Runs all scenarios on one engine, with both stacks deployed, and compares each result with that of the local run. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../lambda/adapters/system';
import type { Assemblies } from './scene/assembly';
import { differences, endProblems } from './scene/compare';
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
  /** Empty if the scenario passed. */
  readonly problems: readonly string[];
  readonly seconds: number;
}

export interface EngineReport {
  readonly name: string;
  /** Created, of all in the app's template. */
  readonly resources: { readonly created: number; readonly of: number };
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
  // Scenarios without waits need another engine: the setting applies to all of it.
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
        if (ours === undefined) throw new Error(`${scenario.name} was not run locally`);
        const theirs = await stacks.play(scenario);
        const problems = [
          ...endProblems(scenario.ends, theirs),
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
  /** Created for the files of the engine. */
  readonly folder: string;
}

export interface Running {
  readonly stacks: LiveStacks;
  readonly engine: Engine;
  /** Receives the invocations of the engine. */
  readonly host: LambdaHost;
}

/** Starts an engine, deploys both stacks, and stops everything after the work. */
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
    if (host.failures.length > 0) throw new Error(`asynchronous events failed: ${host.failures.join('; ')}`);
  } finally {
    for (const close of toClose.reverse()) await close();
  }
}

function countOf({ template, resources }: Deployment): EngineReport['resources'] {
  return { created: resources.size, of: Object.keys(template.Resources).length };
}

/** Exactly the resources in limits.ts must be missing. */
function* limitProblems(engine: string, { template, resources }: Deployment): Iterable<string> {
  for (const [logicalId, resource] of Object.entries(template.Resources)) {
    const isLimit = limitOf(engine, resource) !== undefined;
    if (!resources.has(logicalId) && !isLimit) yield `${engine} did not create ${resource.Type} ${logicalId}`;
    if (resources.has(logicalId) && isLimit)
      yield `${engine} created ${resource.Type} ${logicalId}: remove its type from limits.ts`;
  }
}
