/** `check --project all`: polls every project that OMS lists, in parallel, and prints the results in the order of their ids. */
import { setMaxListeners } from 'node:events';
import type { ProjectKind } from '../../lambda/contract/oms';
import { type CheckPorts, check, requestOutsideWait } from '../../lambda/core/check/check';
import { inParallel } from '../../lambda/core/fleet/fleet';
import { worthChecking } from '../../lambda/core/fleet/roster';
import { RoundLoad } from '../../lambda/core/fleet/round-load';
import { FLEET_CONCURRENCY } from '../../lambda/core/fleet/shares';
import { CheckFailed, Interrupted, InvalidInput } from '../../lambda/core/model/errors';
import type { Fleet, ListedProject, ListingFailure } from '../../lambda/core/ports';
import type { Io } from '../input/command';
import { EXIT } from '../output/exit-status';
import { notifiedOf, type Printer } from '../output/printer';

export interface FleetCheck {
  readonly fleet: Fleet;
  readonly kind: ProjectKind;
  readonly ports: CheckPorts;
  readonly printer: Printer;
  readonly io: Io;
}

/** @returns the exit status. @throws InvalidInput where this OMS cannot list its projects, CheckFailed for our own failure, Interrupted. */
export async function checkAll({ fleet, kind, ports, printer, io }: FleetCheck): Promise<number> {
  const listing = await fleet.listProjects(io.signal);
  if (!isList(listing)) {
    if (listing.missingCall) {
      throw new InvalidInput([`this OMS cannot list its projects; name one with --project. ${listing.problem}`]);
    }
    io.stderr(`oms-cutover: ${listing.outcome}: cannot list the projects: ${listing.problem}\n`);
    return EXIT.oms;
  }
  const projects = worthChecking(listing, kind).sort();
  if (projects.length === 0) {
    const other = kind === 'migration' ? 'sync' : 'migration';
    const others = worthChecking(listing, other).length;
    printer.note(
      `OMS lists ${listing.length} projects; none is a ${kind} project that is neither released nor deleted${others === 0 ? '' : `; with --kind ${other} there ${others === 1 ? 'is 1' : `are ${others}`}`}`,
    );
    return EXIT.ok;
  }
  // Each running check listens to the signal; Node warns the user of a leak above ten listeners.
  setMaxListeners(FLEET_CONCURRENCY + 10, io.signal);
  const failures: unknown[] = [];
  let understood = 0;
  let previous = Promise.resolve();
  const load = new RoundLoad(ports.oms, ports.clock, FLEET_CONCURRENCY);
  const pace = { limit: () => load.limit, goOn: () => !io.signal.aborted };
  await inParallel(projects, pace, async (project) => {
    const turn = new Turn(previous, printer, io);
    previous = turn.ended;
    try {
      const request = { ...requestOutsideWait(project), signal: io.signal };
      const result = await check(request, { ...ports, ...turn.ports, oms: load.guarded });
      if (result.outcome === 'OK') understood += 1;
    } catch (error) {
      failures.push(error);
    } finally {
      turn.finish();
    }
  });
  await previous;
  if (io.signal.aborted) throw new Interrupted();
  if (failures.length > 0) {
    const [first] = failures;
    const problem = first instanceof Error ? first.message : String(first);
    throw new CheckFailed(
      `${failures.length} of ${projects.length} checks failed for reasons of our own: ${problem}`,
      first,
    );
  }
  return understood === projects.length ? EXIT.ok : EXIT.oms;
}

/**
 * A project's turn to print. Its check line is held until all projects before it have printed. A notification waits for that too before it
 * counts as delivered: otherwise it would be lost if the run ended before it was printed. Checks start in the order of the turns, so a turn
 * never waits for one that has not started.
 */
class Turn {
  /** Resolves when this project and all before it have printed everything. */
  readonly ended: Promise<void>;
  readonly ports: Pick<CheckPorts, 'onCheck' | 'notifier'>;
  private readonly held: (() => void)[] = [];
  private end = () => {};

  constructor(previous: Promise<void>, printer: Printer, io: Io) {
    const finished = new Promise<void>((resolve) => {
      this.end = resolve;
    });
    const printHeld = () => {
      for (const line of this.held.splice(0)) line();
    };
    this.ended = Promise.all([previous, finished]).then(printHeld);
    this.ports = {
      onCheck: (result, looker) =>
        this.held.push(() => {
          // On a terminal the line of a check does not name its project.
          printer.note(`${result.project}:`);
          printer.check(result, looker);
        }),
      notifier: {
        publish: async (notification) => {
          await previous;
          printHeld();
          printer.notification(notifiedOf(notification));
          await io.settled();
        },
      },
    };
  }

  /** Ends the turn: the check is complete. */
  finish(): void {
    this.end();
  }
}

function isList(listing: readonly ListedProject[] | ListingFailure): listing is readonly ListedProject[] {
  return Array.isArray(listing);
}
