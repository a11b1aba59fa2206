/** The Lambda that polls OMS: settings, adapters, and an event to answer (events.ts has them all). */
import { systemClock } from './adapters/system';
import { readConfig } from './config';
import type { CheckPorts } from './core/check/check';
import type { FleetPorts } from './core/fleet/fleet';
import type { Clock, Log } from './core/ports';
import { type Answer, answer, type EventPorts } from './events';
import { wire } from './wiring';

export interface HandlerOptions extends Pick<CheckPorts, 'onCheck'> {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** Default: one JSON object a line on standard output. */
  readonly log?: Log;
  /** Default: an asynchronous invocation of this function in AWS. */
  readonly start?: FleetPorts['start'];
}

interface Invocation {
  getRemainingTimeInMillis(): number;
}

type Handler = (event: unknown, context: Invocation) => Promise<Answer>;

/** A handler on any clock: AWS runs it on the system's, a laptop on a virtual one. Settings are read and connections kept from the first event on. */
export function createHandler({ env, clock, log, onCheck, start }: HandlerOptions): Handler {
  let ports: EventPorts | null = null;
  return async (event, context) => {
    ports ??= {
      ...wire(readConfig(env), clock, log),
      ...(onCheck === undefined ? {} : { onCheck }),
      ...(start === undefined ? {} : { start }),
    };
    try {
      return await answer(event, ports, () => context.getRemainingTimeInMillis());
    } finally {
      ports.metrics?.flush();
    }
  };
}

export const handler: Handler = createHandler({ env: process.env, clock: systemClock });
