/** Steps our clock back or forward at every await of a check; kills a check while its clock is wrong, and corrects the clock. */
import type { Hook } from '../world/interposed';
import { MINUTE, timelineOf } from '../world/timelines';
import { playedIn, type Trial } from '../world/trial';
import { World } from '../world/world';

const SECOND = 1_000;
const HOUR = 60 * MINUTE;
const STEPS = {
  'back 1 h': -HOUR,
  'back 10 s': -10 * SECOND,
  'on 10 s': 10 * SECOND,
  'on 1 h': HOUR,
  'on 1 d': 24 * HOUR,
};
const PLACES = Array.from({ length: 14 }, (_, i) => i + 1);
const LIFE = timelineOf(['FAILED', 'RUNNING', 'SUSPEND', 'RUNNING', 'FAILED', 'RUNNING', 'FINISHED']);

interface Case {
  readonly project: string;
  readonly byMs: number;
  readonly at: number;
  readonly killed: boolean;
}

function cases(): Case[] {
  return Object.entries(STEPS).flatMap(([name, byMs]) =>
    PLACES.flatMap((at) =>
      [false, true].map((killed) => ({
        project: `p_${name.replaceAll(' ', '_')}_at_${at}${killed ? '_killed' : ''}`,
        byMs,
        at,
        killed,
      })),
    ),
  );
}

export const clockSteps: Trial = {
  name: 'a clock stepping back and forward',
  run(seed) {
    const all = cases();
    return playedIn(
      this.name,
      () =>
        World.start({
          projects: Object.fromEntries(all.map(({ project }) => [project, LIFE])),
          seed,
          timeoutMs: 2_000,
        }),
      async (world) => {
        await world.checkAll(world.projects);
        world.now += MINUTE;
        const caseOf = new Map(all.map((one) => [one.project, one]));
        await world.checkAll(world.projects, (project) => {
          const { byMs, at, killed } = caseOf.get(project) as Case;
          const clock = world.clock(project);
          if (killed) {
            // The next invocation has a correct clock.
            clock.skewMs = byMs;
            return { killAt: at };
          }
          let places = 0;
          const hook: Hook = async () => {
            places += 1;
            if (places === at) clock.skewMs = byMs;
          };
          return { hook };
        });
        for (const { project, killed } of all) if (killed) world.clock(project).skewMs = 0;
        await world.settle();
        return [];
      },
    );
  },
};
