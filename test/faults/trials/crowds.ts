/** Two, ten and fifty concurrent checks of one project: on its first poll, and on a poll with changes; also with faults. */

import { Random } from '../../../local/random';
import { Chance } from '../world/fault-plan';
import { MINUTE, timelineOf } from '../world/timelines';
import { playedIn, type Trial } from '../world/trial';
import { World } from '../world/world';

const SIZES = [2, 10, 50] as const;
const LIFE = timelineOf(['FAILED', 'RUNNING', 'SUSPEND', 'RUNNING', 'FINISHED']);
const WAVES = 4;

export function crowds(faultRate: number): Trial {
  return {
    name: faultRate === 0 ? 'two, ten, fifty at once' : 'two, ten, fifty at once, with faults',
    run(seed, progress) {
      const projects = Object.fromEntries(SIZES.map((size) => [`p_crowd_${size}`, LIFE]));
      return playedIn(
        this.name,
        // Fifty at once are slow: without faults, no client may time out.
        () => World.start({ projects, seed, timeoutMs: faultRate === 0 ? 20_000 : 500 }),
        async (world) => {
          const broken: string[] = [];
          for (const size of SIZES) {
            const project = `p_crowd_${size}`;
            const random = new Random(seed).fork(project);
            for (let wave = 0; wave < WAVES; wave += 1) {
              if (faultRate > 0) world.plans.set(project, new Chance(faultRate, random));
              await Promise.all(Array.from({ length: size }, () => world.check(project)));
              const pending = (await world.bare.readState(project))?.pending.length ?? 0;
              if (faultRate === 0 && pending > 0) {
                broken.push(`${project}: ${pending} changes left pending by a crowd to which nothing happened`);
              }
              world.now += MINUTE;
            }
            progress(`${size} at once`);
            world.now -= WAVES * MINUTE;
          }
          world.now += WAVES * MINUTE;
          await world.settle();
          return broken;
        },
      );
    },
  };
}
