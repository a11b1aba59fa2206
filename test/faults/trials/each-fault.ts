/** Every fault on every request of a check, once and on every retry, on the first poll of a project and on a poll with changes. */
import { FAULTS, type Fault, type Operation } from '../world/fault';
import { Script } from '../world/fault-plan';
import { MINUTE, timelineOf } from '../world/timelines';
import { playedIn, type Trial } from '../world/trial';
import { World } from '../world/world';

const OPERATIONS: readonly Operation[] = ['read', 'snapshot', 'state', 'publish', 'clear', 'poll'];
/** Attempts of each client. */
const TIMES = [1, 3] as const;

interface Case {
  readonly project: string;
  readonly operation: Operation;
  readonly fault: Fault;
  readonly times: number;
  readonly first: boolean;
}

/** FAILED, so that the first poll already has a notification. */
const LIFE = timelineOf(['FAILED', 'RUNNING', 'SUSPEND', 'RUNNING', 'FAILED', 'RUNNING', 'FINISHED']);

function cases(): Case[] {
  const all: Case[] = [];
  for (const first of [true, false]) {
    for (const operation of OPERATIONS) {
      for (const fault of FAULTS) {
        for (const times of TIMES) {
          const project = `p_${operation}_${fault}_${times}_${first ? 'first' : 'later'}`;
          all.push({ project, operation, fault, times, first });
        }
      }
    }
  }
  return all;
}

export const eachFault: Trial = {
  name: 'each fault on each request',
  run(seed) {
    const all = cases();
    const projects = Object.fromEntries(all.map(({ project }) => [project, LIFE]));
    return playedIn(
      this.name,
      () => World.start({ projects, seed }),
      async (world) => {
        const spoil = (first: boolean) => {
          const now = all.filter((one) => one.first === first);
          for (const { project, operation, fault, times } of now) {
            world.plans.set(project, new Script(operation, fault, times));
          }
        };
        spoil(true);
        await world.checkAll(world.projects);
        world.plans.clear();
        world.now += MINUTE;
        spoil(false);
        await world.checkAll(world.projects);
        await world.settle();
        return world.projects
          .filter((project) => world.ledger(project).faults === 0)
          .map((project) => `${project}: the fault was never injected`);
      },
    );
  },
};
