/** `check --project all`: one look at every project that OMS lists, side by side, shown in the order of their ids. */
import { setMaxListeners } from 'node:events';
import type { ProjectKind } from '../../lambda/contract/oms';
import { type CheckPorts, check, requestOutsideWait } from '../../lambda/core/check/check';
import { FLEET_CONCURRENCY, inParallel } from '../../lambda/core/fleet/fleet';
import { worthChecking } from '../../lambda/core/fleet/roster';
import { CheckFailed, Interrupted, InvalidInput } from '../../lambda/core/model/errors';
import type { Fleet, ListedProject, ListingFailure } from '../../lambda/core/ports';
import type { Io } from '../input/command';
import { EXIT } from '../output/exit-status';
import { type Printer, toldOf } from '../output/printer';

export interface FleetCheck {
  readonly fleet: Fleet;
  readonly kind: ProjectKind;
  readonly ports: CheckPorts;
  readonly printer: Printer;
  readonly io: Io;
}

/** @returns the exit status. @throws InvalidInput where this OMS cannot list, CheckFailed when our own part of a look failed, Interrupted. */
export async function checkAll({ fleet, kind, ports, printer, io }: FleetCheck): Promise<number> {
  const listing = await fleet.listProjects(io.signal);
  if (!isList(listing)) {
    if (listing.missingCall) {
      throw new InvalidInput([`this OMS does not list its projects: name one with --project. ${listing.problem}`]);
    }
    io.stderr(`oms-cutover: ${listing.outcome}: the projects could not be listed: ${listing.problem}\n`);
    return EXIT.oms;
  }
  const projects = worthChecking(listing, kind).sort();
  if (projects.length === 0) {
    printer.note(`OMS lists ${listing.length} projects, and no ${kind} that is not released or deleted among them`);
    return EXIT.ok;
  }
  // Each look under way listens for Ctrl-C; Node takes more than ten of them for a leak, and says so to the user.
  setMaxListeners(FLEET_CONCURRENCY + 10, io.signal);
  const failures: unknown[] = [];
  let understood = 0;
  let previous = Promise.resolve();
  await inParallel(
    projects,
    () => !io.signal.aborted,
    async (project) => {
      const turn = new Turn(previous, printer);
      previous = turn.over;
      try {
        const result = await check({ ...requestOutsideWait(project), signal: io.signal }, { ...ports, ...turn.voice });
        if (result.outcome === 'OK') understood += 1;
      } catch (error) {
        failures.push(error);
      } finally {
        turn.finish();
      }
    },
  );
  await previous;
  if (io.signal.aborted) throw new Interrupted();
  if (failures.length > 0) {
    const [first] = failures;
    const problem = first instanceof Error ? first.message : String(first);
    throw new CheckFailed(
      `${failures.length} of ${projects.length} looks failed for our own reasons: ${problem}`,
      first,
    );
  }
  return understood === projects.length ? EXIT.ok : EXIT.oms;
}

/**
 * A project's turn to print. Its check line is held until every project before it is through; a message waits for that too before it counts
 * as told, because what was told and not printed would be lost when the run ends in between. Looks begin in the order of the turns, so
 * nobody waits for one not begun.
 */
class Turn {
  /** Resolves when this project, and every one before it, has printed all it had. */
  readonly over: Promise<void>;
  readonly voice: Pick<CheckPorts, 'onCheck' | 'notifier'>;
  private readonly held: (() => void)[] = [];
  private end = () => {};

  constructor(previous: Promise<void>, printer: Printer) {
    const ended = new Promise<void>((resolve) => {
      this.end = resolve;
    });
    const say = () => {
      for (const line of this.held.splice(0)) line();
    };
    this.over = Promise.all([previous, ended]).then(say);
    this.voice = {
      onCheck: (result, looker) =>
        this.held.push(() => {
          // On a terminal the line of a check does not name its project.
          printer.note(`${result.project}:`);
          printer.check(result, looker);
        }),
      notifier: {
        publish: async (notification) => {
          await previous;
          say();
          printer.notification(toldOf(notification));
        },
      },
    };
  }

  /** Nothing more is to come. */
  finish(): void {
    this.end();
  }
}

function isList(listing: readonly ListedProject[] | ListingFailure): listing is readonly ListedProject[] {
  return Array.isArray(listing);
}
