/** Kills an invocation at every await of a check, before and after each effect, in every situation with different awaits. */
import { Script } from '../world/fault-plan';
import type { Hook } from '../world/interposed';
import { MINUTE, timelineOf } from '../world/timelines';
import { playedIn, type Trial } from '../world/trial';
import { World } from '../world/world';

/** More than any check has awaits. */
const MOST_PLACES = 22;
const LIFE = timelineOf(['FAILED', 'RUNNING', 'SUSPEND', 'RUNNING', 'FAILED', 'RUNNING', 'FINISHED']);

interface Situation {
  readonly name: string;
  /** The check to be killed is the project's first. */
  readonly first?: true;
  /** What happens around the check to be killed. */
  readonly around?: (world: World, project: string) => { readonly hook?: Hook };
}

/** Runs once, when the check first reaches the place. */
function onceAt(place: string, work: () => Promise<unknown>): Hook {
  let done = false;
  return async (here) => {
    if (here !== place || done) return;
    done = true;
    await work();
  };
}

export const SITUATIONS: readonly Situation[] = [
  { name: 'first', first: true },
  { name: 'change' },
  {
    name: 'overtaken',
    around: (world, project) => ({ hook: onceAt('before putState', () => world.check(project)) }),
  },
  {
    name: 'conflict',
    around(world, project) {
      // The other check polled earlier and stores between our read and our write.
      let go: () => void = () => undefined;
      const released = new Promise<void>((resolve) => {
        go = resolve;
      });
      const other = world.check(project, { hook: onceAt('before putState', () => released) });
      return {
        hook: onceAt('before putState', async () => {
          go();
          await other;
        }),
      };
    },
  },
  {
    name: 'own write',
    around(world, project) {
      world.plans.set(project, new Script('state', 'lost-reset'));
      return {};
    },
  },
  {
    name: 'clear conflict',
    around: (world, project) => ({ hook: onceAt('before clear', () => world.check(project)) }),
  },
  {
    name: 'refused publish',
    around(world, project) {
      world.plans.set(project, new Script('publish', 'error', 3));
      return {};
    },
  },
];

export function kills(situations: readonly Situation[] = SITUATIONS): Trial {
  return {
    name: 'killed at every await',
    run(seed, progress) {
      const id = (situation: Situation, at: number) => `p_${situation.name.replace(' ', '_')}_${at}`;
      const places = Array.from({ length: MOST_PLACES }, (_, i) => i + 1);
      const projects = Object.fromEntries(
        situations.flatMap((situation) => places.map((at) => [id(situation, at), LIFE])),
      );
      return playedIn(
        this.name,
        () => World.start({ projects, seed, timeoutMs: 1_000 }),
        async (world) => {
          const used: string[] = [];
          const untouched = async (situation: Situation): Promise<string[]> => {
            for (const at of places) {
              const project = id(situation, at);
              used.push(project);
              const around = situation.around?.(world, project) ?? {};
              const end = await world.check(project, { ...around, killAt: at });
              if (end === 'killed') continue;
              progress(`${situation.name}: killed at ${at - 1} places`);
              return end === 'returned' ? [] : [`${project}: ${end} with nobody killing it`];
            }
            return [`${situation.name}: more than ${MOST_PLACES} places`];
          };
          const broken: string[] = [];
          for (const situation of situations.filter(({ first }) => first)) broken.push(...(await untouched(situation)));
          const later = situations.filter(({ first }) => !first);
          await world.checkAll(later.flatMap((situation) => places.map((at) => id(situation, at))));
          world.now += MINUTE;
          for (const situation of later) broken.push(...(await untouched(situation)));
          await world.settle(used);
          return broken;
        },
      );
    },
  };
}
