/** The doctor's round on a stack: asks OMS, the table and the topic, each whatever became of the others, and gathers the findings. */

import type { DoctorRequest } from '../../contract/doctor';
import { plain } from '../../contract/text';
import { type Change, standing } from '../model/change';
import type { DeliveryPorts } from '../notifications/deliver';
import { notificationOf } from '../notifications/notification';
import type { Oms, Subscriptions } from '../ports';
import {
  type Finding,
  type FindingState,
  findingOfMute,
  findingsOfOms,
  findingsOfSubscriptions,
  NOBODYS_PROJECT,
  ok,
  problem,
  secretUnreadable,
  stateOf,
} from './findings';

export interface DoctorReport {
  /** The worst finding's. */
  readonly state: FindingState;
  readonly findings: readonly Finding[];
}

export interface DoctorPorts extends DeliveryPorts {
  readonly oms: Oms;
  readonly newId: () => string;
  /** Absent where no topic is. */
  readonly subscriptions?: Subscriptions;
}

export async function examine(order: DoctorRequest, ports: DoctorPorts): Promise<DoctorReport> {
  const project = order.projectId ?? NOBODYS_PROJECT;
  const rounds = await Promise.all([
    ports.oms.poll(project).then(
      (observation) => findingsOfOms(observation, order.projectId),
      (error: unknown) => [secretUnreadable(messageOf(error))],
    ),
    ports.store.readState(project).then(
      (projectState) => [ok('table', 'the table can be read'), ...findingOfMute(projectState, ports.clock.now())],
      (error: unknown) => [
        problem(
          'table',
          messageOf(error),
          'see that the table is there, and that the function may read it (its key too)',
        ),
      ],
    ),
    ports.subscriptions === undefined
      ? []
      : ports.subscriptions
          .list()
          .then(findingsOfSubscriptions, (error: unknown) => [
            problem(
              'topic',
              messageOf(error),
              'see that the topic is there, and that the function may ask who listens to it',
            ),
          ]),
    order.testNotification ? [await sendTest(project, ports)] : [],
  ]);
  const findings = rounds.flat();
  return { state: stateOf(findings), findings };
}

async function sendTest(project: string, { notifier, clock, newId, places }: DoctorPorts): Promise<Finding> {
  const change: Change = {
    id: `${newId()}-test`,
    // Of no project's count.
    sequence: 0,
    project,
    kind: 'test',
    params: {},
    at: clock.now(),
    ...standing(null),
    lagSeconds: null,
    eta: null,
    said: {},
  };
  const notification = notificationOf(change, places);
  try {
    await notifier.publish(notification);
    return ok('test-notification', `sent: ${notification.subject}`);
  } catch (error) {
    const todo = 'see that the topic is there, and that the function may publish to it (its key too)';
    return problem('test-notification', messageOf(error), todo);
  }
}

function messageOf(error: unknown): string {
  return plain(error instanceof Error ? error.message : String(error), 500);
}
