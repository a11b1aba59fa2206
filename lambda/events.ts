/** The events of the check function: a round of a wait, a round of the schedule, a poll of a cutover, a mute, the doctor. */

import { FleetRequestSchema } from './contract/fleet';
import { CutoverPollEventSchema } from './contract/requests/cutover';
import { DoctorRequestSchema, MuteEventSchema } from './contract/requests/events';
import { WaitEventSchema, type WaitRound } from './contract/requests/wait';
import { waitRound } from './core/check/wait';
import { type GatePorts, type GateRound, gateRound } from './core/cutover/gate';
import { type DoctorPorts, type DoctorReport, examine } from './core/doctor/examine';
import { checkFleet, type FleetPorts, type FleetReport } from './core/fleet/fleet';
import { InvalidInput } from './core/model/errors';
import { nameOfEvent, read, recordOf } from './core/model/fields';
import { type MuteReply, mute } from './core/notifications/mute';

export type EventPorts = FleetPorts & GatePorts & DoctorPorts;
export type Answer = WaitRound | FleetReport | GateRound | MuteReply | DoctorReport;

/** @param remainingMs how long this invocation may still take. @throws InvalidInput for any other event. */
export async function answer(event: unknown, ports: EventPorts, remainingMs: () => number): Promise<Answer> {
  const fields = recordOf(event) ?? {};
  if ('wait' in fields) return await waitRound(read(WaitEventSchema, fields).wait, ports, remainingMs);
  if ('projects' in fields) return await checkFleet(read(FleetRequestSchema, fields), ports, remainingMs);
  if ('cutover' in fields) return await gateRound(read(CutoverPollEventSchema, fields).cutover, ports);
  if ('doctor' in fields) return await examine(read(DoctorRequestSchema, fields), ports);
  if ('mute' in fields) return await mute(read(MuteEventSchema, fields).mute, ports);
  throw new InvalidInput([
    `expected an event with "wait", "projects", "cutover", "mute" or "doctor", got ${nameOfEvent(event)}`,
  ]);
}
