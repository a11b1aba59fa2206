/** A schedule's look at many projects: side by side within bounds, none held up or spoilt by another. */
import { type CheckPorts, check } from './check';
import { InvalidInput } from './errors';
import { projectIdProblem } from './project-id';
import { DEFAULT_WAIT_SETTINGS } from './settings';

export interface FleetOrder {
  readonly projects: readonly string[];
  /** Whole seconds until the schedule comes again: what its looks promise. */
  readonly intervalSeconds: number;
}

export interface FleetReport {
  readonly checked: number;
  /** Our own failures; a migration's or OMS's trouble is a look like any other. */
  readonly failed: readonly { readonly project: string; readonly problem: string }[];
  /** Projects that time did not suffice for. */
  readonly notReached: readonly string[];
}

/** OMS's console is one small server: more at once would only queue there. */
const CONCURRENCY = 10;
/** Time one look may need, milliseconds: none is begun with less left. */
const RESERVE_MS = 30_000;

/** @throws InvalidInput that names every problem. */
export function readFleetOrder(event: Record<string, unknown>): FleetOrder {
  const problems: string[] = [];
  const { projects, intervalSeconds } = event;
  if (!Array.isArray(projects) || projects.length === 0)
    problems.push('projects must be a list of project ids, one at least');
  for (const project of Array.isArray(projects) ? projects : []) {
    const problem =
      typeof project === 'string' ? projectIdProblem(project) : `project ids are texts, got ${JSON.stringify(project)}`;
    if (problem !== null) problems.push(problem);
  }
  if (!Number.isSafeInteger(intervalSeconds) || Number(intervalSeconds) < 1) {
    problems.push(
      `intervalSeconds must be a whole number of seconds, 1 or more, got ${JSON.stringify(intervalSeconds)}`,
    );
  }
  if (problems.length > 0) throw new InvalidInput(problems);
  return { projects: [...new Set(projects as string[])], intervalSeconds: intervalSeconds as number };
}

/** @throws AggregateError of our own failures once every project had its turn, so that the invocation counts as failed and is told of. */
export async function checkFleet(
  order: FleetOrder,
  ports: CheckPorts,
  remainingMs: () => number,
): Promise<FleetReport> {
  const queue = [...order.projects];
  const failed: { project: string; problem: string }[] = [];
  const causes: unknown[] = [];
  let checked = 0;
  const question = {
    goal: { type: 'FINISHED' as const },
    settings: DEFAULT_WAIT_SETTINGS,
    firstLook: false,
    deadlineAt: null,
  };
  const worker = async () => {
    while (remainingMs() > RESERVE_MS) {
      const project = queue.shift();
      if (project === undefined) return;
      try {
        await check(
          { project, looker: 'schedule', waitId: null, question, scheduleIntervalSeconds: order.intervalSeconds },
          ports,
        );
        checked += 1;
      } catch (error) {
        const problem = error instanceof Error ? error.message : String(error);
        ports.log.warn('check-failed', { projectId: project, problem });
        failed.push({ project, problem });
        causes.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(CONCURRENCY, queue.length) }, worker));
  const report: FleetReport = { checked, failed, notReached: queue };
  ports.log.info('fleet', { checked, failed: failed.length, notReached: queue });
  if (causes.length > 0) {
    throw new AggregateError(
      causes,
      `${causes.length} of ${order.projects.length} checks failed for our own reasons: ${failed[0]?.problem}`,
    );
  }
  return report;
}
