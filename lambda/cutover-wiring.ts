/** Chooses the adapters of the cutover function, and of what the check function has in common with it. */

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SNSClient } from '@aws-sdk/client-sns';
import { PowertoolsLog } from './adapters/aws/powertools-log';
import { DynamoDbCutovers } from './adapters/dynamodb/cutover-store';
import { DynamoDbStore } from './adapters/dynamodb/project-store';
import { DynamoDbSeats } from './adapters/dynamodb/seats';
import { ChatNotifier } from './adapters/notifiers/chat';
import { EventBusNotifier } from './adapters/notifiers/event-bus';
import { SideChannels } from './adapters/notifiers/side-channels';
import { SnsNotifier } from './adapters/notifiers/sns';
import { newCheckId } from './adapters/system';
import type { CutoverConfig, SharedConfig } from './config';
import type { CutoverPorts } from './core/cutover/record-update';
import type { Notifier } from './core/notifications/notification';
import type { Clock, Log, Seats } from './core/ports';

/** A hung call must not eat the invocation: the SDK's own default waits without end, and without the last setting only warns that it does. */
export const REQUEST = {
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
  maxAttempts: 3,
};

/** Without a logger the SDK still prepares every input and output for one: a tenth of the time of a check. */
export function quiet<Client extends { readonly middlewareStack: { remove(name: string): boolean } }>(
  client: Client,
): Client {
  client.middlewareStack.remove('loggerMiddleware');
  return client;
}

/** @param ownLog outside AWS. */
export function wireShared(config: SharedConfig, clock: Clock, ownLog?: Log) {
  const log = ownLog ?? new PowertoolsLog(config.monitorName);
  const dynamo = { client: quiet(new DynamoDBClient(REQUEST)), tableName: config.tableName };
  return {
    store: new DynamoDbStore({ ...dynamo, retentionDays: config.retentionDays }),
    cutovers: new DynamoDbCutovers(dynamo),
    tableName: config.tableName,
    notifier: notifierOf(config, log),
    clock,
    log,
    leaseMs: config.leaseMs,
    ...(config.dashboardUrl === undefined ? {} : { deployment: { dashboardUrl: config.dashboardUrl } }),
    newId: newCheckId,
    seats: new DynamoDbSeats({ ...dynamo, clock, log, newId: newCheckId, heldMs: config.leaseMs }),
  } satisfies CutoverPorts & { readonly seats: Seats };
}

/** @param ownLog outside AWS. */
export function wireCutovers(config: CutoverConfig, clock: Clock, ownLog?: Log): CutoverPorts {
  return { ...wireShared(config, clock, ownLog), pipeline: config.pipeline };
}

function notifierOf({ topicArn, chatTopicArn, eventBusName }: SharedConfig, log: Log): Notifier {
  const sns = quiet(new SNSClient(REQUEST));
  const main = new SnsNotifier(sns, topicArn);
  const others: Record<string, Notifier> = {
    ...(chatTopicArn === undefined ? {} : { chat: new ChatNotifier(sns, chatTopicArn) }),
    ...(eventBusName === undefined
      ? {}
      : { eventBus: new EventBusNotifier(quiet(new EventBridgeClient(REQUEST)), eventBusName) }),
  };
  return Object.keys(others).length === 0 ? main : new SideChannels(main, others, log);
}
