/** The doctor on a stack: checks OMS, the table and the topic, each independently of the others. */

import type { DoctorRequest } from '../../contract/requests/events';
import { plain } from '../../contract/values/text';
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
  ok,
  PLACEHOLDER_PROJECT,
  problem,
  secretUnreadable,
  stateOf,
} from './findings';

export interface DoctorReport {
  /** The worst state of the findings. */
  readonly state: FindingState;
  readonly findings: readonly Finding[];
}

export interface DoctorPorts extends DeliveryPorts {
  readonly oms: Oms;
  readonly newId: () => string;
  /** Absent without a topic. */
  readonly subscriptions?: Subscriptions;
}

export async function examine(request: DoctorRequest, ports: DoctorPorts): Promise<DoctorReport> {
  const project = request.projectId ?? PLACEHOLDER_PROJECT;
  const results = await Promise.all([
    ports.oms.poll(project).then(
      (observation) => findingsOfOms(observation, request.projectId),
      (error: unknown) => [secretUnreadable(messageOf(error))],
    ),
    ports.store.readState(project).then(
      (projectState) => [ok('table', 'the table can be read'), ...findingOfMute(projectState, ports.clock.now())],
      (error: unknown) => [
        problem(
          'table',
          messageOf(error),
          'check that the table exists and that the function is allowed to read it, also with its KMS key',
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
              'check that the topic exists and that the function is allowed to list its subscriptions',
            ),
          ]),
    request.testNotification ? [await sendTest(project, ports)] : [],
  ]);
  const findings = results.flat();
  return { state: stateOf(findings), findings };
}

async function sendTest(project: string, { notifier, clock, newId, deployment }: DoctorPorts): Promise<Finding> {
  const change: Change = {
    id: `${newId()}-test`,
    // Outside the sequence of any project.
    sequence: 0,
    project,
    kind: 'test',
    params: {},
    at: clock.now(),
    ...standing(null),
    lagSeconds: null,
    eta: null,
    said: {},
    anomalies: [],
  };
  const notification = notificationOf(change, deployment);
  try {
    await notifier.publish(notification);
    return ok('test-notification', `sent: ${notification.subject}`);
  } catch (error) {
    const todo = 'check that the topic exists and that the function is allowed to publish to it, also with its KMS key';
    return problem('test-notification', messageOf(error), todo);
  }
}

function messageOf(error: unknown): string {
  return plain(error instanceof Error ? error.message : String(error), 500);
}
