/**
 * Two looks that overlap, in every order in which their requests, OMS's work on them and their answers can follow each other, with the
 * status changing between any two of these: whichever is stored first, nothing may be told that did not happen.
 */
import type { ProxyWatcher } from '../world/fault-proxy';
import { life } from '../world/lives';
import { playedIn, type Trial } from '../world/trial';
import { T0, World } from '../world/world';

type Who = 'A' | 'B';
/** Each order as the sequence of whose turn it is; the turns of one are its request, OMS's work on it, its answer. */
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

/** A look under way, one turn after the other. */
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
  name: 'two looks that overlap',
  run(seed) {
    const cases = ORDERS.flatMap((order) =>
      Array.from({ length: order.length + 1 }, (_, changesBefore) => ({ order, changesBefore })),
    ).map((one, i) => ({ ...one, begins: i * CASE_MS, project: `p_${one.order.join('')}_${one.changesBefore}` }));
    const projects = Object.fromEntries(
      cases.map(({ project, begins, changesBefore }) => [
        project,
        life(['RUNNING', 'FINISHED'], begins + (changesBefore + 0.5) * TURN_MS),
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
          // Requests come one at a time, so the next one to come is of whose turn it is.
          let asking: HeldPoll = polls.A;
          const owners = new Map<object, HeldPoll>();
          const hold: ProxyWatcher['held'] = async (call, when) => {
            if (call.operation !== 'look') return;
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
        // Nobody was killed, so no lease has to run out.
        await world.settle(world.projects, [1]);
        return [];
      },
    );
  },
};
