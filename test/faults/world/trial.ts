/** A trial: one kind of fault, and its counts. */
import { findingsOf } from './findings';
import type { World } from './world';

export interface Counts {
  readonly checks: number;
  readonly injectedFaults: number;
  /** Invocations that were killed at an await, or failed between a publish and its clear. */
  readonly injectedCrashes: number;
  /** Writes and publishes that were executed and whose reply was lost. */
  readonly injectedLostAnswers: number;
  readonly lostSnapshots: number;
  readonly versionGaps: number;
  readonly lostChanges: number;
  readonly reordered: number;
  readonly repeats: number;
  /** Of these, without a fault: the client timed out on a busy machine. */
  readonly unplannedLostAnswers: number;
  /** Distinct changes notified. */
  readonly changesTold: number;
  /** Checks that threw because faults outlasted their retries. */
  readonly failedChecks: number;
}

export interface TrialReport extends Counts {
  readonly trial: string;
  readonly projects: number;
  readonly seconds: number;
  /** Messages about violated invariants. */
  readonly broken: readonly string[];
}

export interface Trial {
  readonly name: string;
  /** @param progress is called with a status text. */
  run(seed: number, progress: (text: string) => void): Promise<TrialReport>;
}

/** Runs `play` in a new world, then checks the invariants on every project that was polled. */
export async function playedIn(
  name: string,
  open: () => Promise<World>,
  play: (world: World) => Promise<readonly string[] | undefined>,
): Promise<TrialReport> {
  const began = performance.now();
  const world = await open();
  try {
    const broken = [...((await play(world)) ?? [])];
    const counts = { ...NONE };
    const projects = world.projects.filter((project) => world.ledger(project).checks > 0);
    for (const project of projects) {
      const ledger = world.ledger(project);
      const found = await findingsOf(world, project);
      counts.checks += ledger.checks;
      counts.injectedFaults += ledger.faults;
      counts.injectedCrashes += ledger.killed + ledger.diedBeforeClear;
      counts.injectedLostAnswers += ledger.lostAnswers + ledger.unplannedLostAnswers;
      counts.unplannedLostAnswers += ledger.unplannedLostAnswers;
      counts.lostSnapshots += found.lostSnapshots;
      counts.versionGaps += found.versionGaps;
      counts.lostChanges += found.lostChanges;
      counts.reordered += found.reordered;
      counts.repeats += found.repeats;
      counts.changesTold += ledger.notified.length - found.repeats;
      counts.failedChecks += ledger.failures.length;
      broken.push(...found.broken);
    }
    const seconds = Math.round((performance.now() - began) / 100) / 10;
    return { trial: name, projects: projects.length, seconds, ...counts, broken };
  } finally {
    await world.close();
  }
}

export const NONE: { -readonly [K in keyof Counts]: Counts[K] } = {
  checks: 0,
  injectedFaults: 0,
  injectedCrashes: 0,
  injectedLostAnswers: 0,
  lostSnapshots: 0,
  versionGaps: 0,
  lostChanges: 0,
  reordered: 0,
  repeats: 0,
  unplannedLostAnswers: 0,
  changesTold: 0,
  failedChecks: 0,
};
