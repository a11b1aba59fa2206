/**
 * The Lambda that keeps the records of cutovers. A function of its own: it needs no network to OMS and no password, and what throttles or breaks
 * the polls does not reach it.
 */
import { systemClock } from './adapters/system';
import type { HandlerOptions } from './check-handler';
import { readCutoverConfig } from './config';
import type { CutoverPorts } from './core/cutover/record-update';
import { answerCutoverEvent, type CutoverAnswer } from './cutover-events';
import { wireCutovers } from './cutover-wiring';

type Handler = (event: unknown) => Promise<CutoverAnswer>;

/** Settings are read and connections kept from the first event on. */
export function createHandler({ env, clock, log }: HandlerOptions): Handler {
  let ports: CutoverPorts | null = null;
  return async (event) => {
    ports ??= wireCutovers(readCutoverConfig(env), clock, log);
    return await answerCutoverEvent(event, ports);
  };
}

export const handler: Handler = createHandler({ env: process.env, clock: systemClock });
