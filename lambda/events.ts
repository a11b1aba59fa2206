/** The events of the function: a round of a wait, a round of the schedule, a cutover command, a mute, the doctor, the end of an execution. */

import { CutoverEventSchema, type CutoverReply } from './contract/cutover';
import {
  DoctorRequestSchema,
  EXECUTION_ENDED,
  ExecutionEndSchema,
  FleetRequestSchema,
  MuteEventSchema,
} from './contract/events';
import { WaitEventSchema, type WaitRound } from './contract/wait';
import { waitRound } from './core/check/wait';
import { cutoverAction } from './core/cutover/bookkeeping';
import { executionEnded } from './core/cutover/closing';
import type { GateRound } from './core/cutover/gate';
import type { CutoverPorts } from './core/cutover/record-update';
import { type DoctorPorts, type DoctorReport, examine } from './core/doctor/examine';
import { checkFleet, type FleetPorts, type FleetReport } from './core/fleet/fleet';
import { InvalidInput } from './core/model/errors';
import { read } from './core/model/fields';
import { type MuteReply, mute } from './core/notifications/mute';

export type EventPorts = FleetPorts & CutoverPorts & DoctorPorts;
export type Answer =
  | WaitRound
  | FleetReport
  | CutoverReply
  | GateRound
  | MuteReply
  | DoctorReport
  | Awaited<ReturnType<typeof executionEnded>>;

/** @param remainingMs how long this invocation may still take. @throws InvalidInput for any other event. */
export async function answer(event: unknown, ports: EventPorts, remainingMs: () => number): Promise<Answer> {
  const fields = typeof event === 'object' && event !== null && !Array.isArray(event) ? { ...event } : {};
  if ('wait' in fields) return await waitRound(read(WaitEventSchema, fields).wait, ports, remainingMs);
  if ('projects' in fields) return await checkFleet(read(FleetRequestSchema, fields), ports, remainingMs);
  if ('cutover' in fields) return await cutoverAction(read(CutoverEventSchema, fields).cutover, ports);
  if ('doctor' in fields) return await examine(read(DoctorRequestSchema, fields), ports);
  if ('mute' in fields) return await mute(read(MuteEventSchema, fields).mute, ports);
  if ('detail-type' in fields && fields['detail-type'] === EXECUTION_ENDED)
    return await executionEnded(read(ExecutionEndSchema, fields), ports);
  const names = Object.keys(fields);
  const got = names.length > 0 ? `one with "${names.join('", "')}"` : String(event);
  throw new InvalidInput([
    `expected an event with "wait", "projects", "cutover", "mute" or "doctor", or an execution's end from EventBridge, got ${got}`,
  ]);
}
