/**
 * Two polls that overlap, in every order of their requests, OMS's work and their replies, with a change of status between any two of these.
 * Whichever is stored first, no notification may report a change that did not happen.
 */
import type { ProxyWatcher } from '../world/fault-proxy';
import { timelineOf } from '../world/timelines';
import { playedIn, type Trial } from '../world/trial';
import { T0, World } from '../world/world';

type Who = 'A' | 'B';
/** Each order is a sequence of polls; the three turns of a poll are its request, OMS's work and the reply. */
const ORDERS: readonly (readonly Who[])[] = orders(3, 3);
const TURN_MS = 1_000;
const CASE_MS = 20_000;

function orders(a: number, b: number): Who[][] {
  if (a === 0 && b === 0) return [[]];
  return [
    ...(a === 0 ? [] : orders(a - 1, b).map((rest): Who[] => ['A', ...rest])),
    ...(b === 0 ? [] : orders(a, b - 1).map((rest): Who[] => ['B', ...rest])),
  ];
}

/** A poll that advances one turn at a time. */
class HeldPoll {
  private readonly gates = { before: new Gate(), after: new Gate() };
  private ended: Promise<unknown> = Promise.resolve();
  private turns = 0;

  async turn(start: () => Promise<unknown>): Promise<void> {
    this.turns += 1;
    const { before, after } = this.gates;
    if (this.turns === 1) {
      this.ended = start();
      await before.reached;
    } else if (this.turns === 2) {
      before.open();
      await after.reached;
    } else {
      after.open();
      await this.ended;
    }
  }

  hold(when: 'before' | 'after'): Promise<void> {
    return this.gates[when].pass();
  }
}

class Gate {
  readonly reached: Promise<void>;
  open: () => void = () => undefined;
  private reach: () => void = () => undefined;
  private readonly opened: Promise<void>;

  constructor() {
    this.reached = new Promise((resolve) => {
      this.reach = resolve;
    });
    this.opened = new Promise((resolve) => {
      this.open = resolve;
    });
  }

  pass(): Promise<void> {
    this.reach();
    return this.opened;
  }
}

export const overlaps: Trial = {
  name: 'two polls that overlap',
  run(seed) {
    const cases = ORDERS.flatMap((order) =>
      Array.from({ length: order.length + 1 }, (_, changesBefore) => ({ order, changesBefore })),
    ).map((one, i) => ({ ...one, begins: i * CASE_MS, project: `p_${one.order.join('')}_${one.changesBefore}` }));
    const projects = Object.fromEntries(
      cases.map(({ project, begins, changesBefore }) => [
        project,
        timelineOf(['RUNNING', 'FINISHED'], begins + (changesBefore + 0.5) * TURN_MS),
      ]),
    );
    return playedIn(
      this.name,
      () => World.start({ projects, seed, timeoutMs: 10_000 }),
      async (world) => {
        for (const { project, begins, order } of cases) {
          world.now = T0 + begins;
          await world.check(project);
          const polls = { A: new HeldPoll(), B: new HeldPoll() };
          // Requests arrive one at a time, so the next belongs to the poll whose turn it is.
          let asking: HeldPoll = polls.A;
          const owners = new Map<object, HeldPoll>();
          const hold: ProxyWatcher['held'] = async (call, when) => {
            if (call.operation !== 'poll') return;
            if (when === 'before') owners.set(call, asking);
            await owners.get(call)?.hold(when);
          };
          world.hold = hold;
          for (const who of order) {
            world.now += TURN_MS;
            asking = polls[who];
            await asking.turn(() => world.check(project));
          }
          world.hold = null;
        }
        // No check was killed, so no lease is left.
        await world.settle(world.projects, [1]);
        return [];
      },
    );
  },
};
