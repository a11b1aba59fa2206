/** Many checks of many projects, a minute apart, with all kinds of faults at random. */

import { Random } from '../../../local/random';
import { eachOf } from '../world/each-of';
import { Chance } from '../world/fault-plan';
import { MINUTE, randomTimeline } from '../world/timelines';
import { playedIn, type Trial } from '../world/trial';
import { World } from '../world/world';

export const FAULT_RATE = 0.05;
const KILL_RATE = 0.01;
const SEVERAL_AT_ONCE_RATE = 0.02;
const CLOCK_STEP_RATE = 0.01;
const CLOCK_SKEWS_MS = [-10 * MINUTE, -10_000, 0, 10_000, 10 * MINUTE] as const;
/** Most of the time is spent waiting for faults: enough to use the machine. */
const AT_ONCE = 24;
const MOST_PROJECTS = 200;

export function soak(checks: number): Trial {
  const count = Math.min(MOST_PROJECTS, Math.max(1, Math.ceil(checks / 25)));
  const names = Array.from({ length: count }, (_, i) => `p_${String(i + 1).padStart(3, '0')}`);
  const minutes = Math.ceil(checks / count);
  return {
    name: `soak: ${checks} checks over ${count} projects with ${FAULT_RATE * 100} % faults`,
    run(seed, progress) {
      const random = new Random(seed);
      const timelines = Object.fromEntries(
        names.map((project) => [project, randomTimeline(random.fork(`life of ${project}`), minutes)]),
      );
      return playedIn(
        this.name,
        () => World.start({ projects: timelines, seed, timeoutMs: 600 }),
        async (world) => {
          const chance = new Map(names.map((project) => [project, random.fork(project)]));
          for (const project of names)
            world.plans.set(project, new Chance(FAULT_RATE, random.fork(`faults of ${project}`)));
          let left = checks;
          for (let minute = 0; left > 0; minute += 1) {
            await eachOf(
              names.slice(0, left),
              async (project) => {
                const draw = chance.get(project) as Random;
                if (draw.chance(CLOCK_STEP_RATE)) world.clock(project).skewMs = draw.pick(CLOCK_SKEWS_MS);
                const several = draw.chance(SEVERAL_AT_ONCE_RATE) ? draw.whole(2, 4) : 1;
                left -= several;
                const options = Array.from({ length: several }, () =>
                  draw.chance(KILL_RATE) ? { killAt: draw.whole(1, 12) } : {},
                );
                await Promise.all(options.map((one) => world.check(project, one)));
              },
              AT_ONCE,
            );
            world.now += MINUTE;
            if (minute % 10 === 9) progress(`${checks - left} checks`);
          }
          await world.settle(names);
          return [];
        },
      );
    },
  };
}
