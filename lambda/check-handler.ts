/** The Lambda. Two events: a round of a wait (`{wait}`), and a schedule's look at its projects (`{projects, intervalSeconds}`, a list or "all"). */
import { systemClock } from './adapters/system-clock';
import { readConfig } from './config';
import { InvalidInput } from './core/errors';
import { checkFleet, type FleetPorts, type FleetReport } from './core/fleet';
import { readFleetOrder } from './core/fleet-order';
import type { Clock, Log } from './core/ports';
import { waitRound } from './core/wait';
import type { WaitRound } from './core/wait-state';
import { wire } from './wiring';

export interface HandlerOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** Default: one JSON object a line on standard output. */
  readonly log?: Log;
}

interface Invocation {
  getRemainingTimeInMillis(): number;
}

type Handler = (event: unknown, context: Invocation) => Promise<WaitRound | FleetReport>;

/** A handler on any clock: AWS runs it on the system's, a laptop on a virtual one. Settings are read and connections kept from the first event on. */
export function createHandler({ env, clock, log }: HandlerOptions): Handler {
  let ports: FleetPorts | null = null;
  return async (event, context) => {
    ports ??= wire(readConfig(env), clock, log);
    try {
      const remainingMs = () => context.getRemainingTimeInMillis();
      if (isRecord(event) && 'wait' in event) return await waitRound(event.wait, ports, remainingMs);
      if (isRecord(event) && 'projects' in event) return await checkFleet(readFleetOrder(event), ports, remainingMs);
      throw new InvalidInput([
        `expected an event with "wait" or "projects", got one with ${isRecord(event) ? `"${Object.keys(event).join('", "')}"` : String(event)}`,
      ]);
    } finally {
      ports.metrics?.flush();
    }
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export const handler: Handler = createHandler({ env: process.env, clock: systemClock });
