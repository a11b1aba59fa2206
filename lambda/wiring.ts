/** Chooses the adapters for AWS. The only place in lambda/ that knows both sides. */

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SNSClient } from '@aws-sdk/client-sns';
import { PowertoolsLog } from './adapters/aws/powertools-log';
import { PowertoolsMetrics } from './adapters/aws/powertools-metrics';
import { SecretCredentials } from './adapters/aws/secret-credentials';
import { DynamoDbCutovers } from './adapters/dynamodb/cutover-store';
import { DynamoDbStore } from './adapters/dynamodb/project-store';
import { ChatNotifier } from './adapters/notifiers/chat';
import { EventBusNotifier } from './adapters/notifiers/event-bus';
import { SideChannels } from './adapters/notifiers/side-channels';
import { SnsNotifier } from './adapters/notifiers/sns';
import { SnsSubscriptions } from './adapters/notifiers/sns-subscriptions';
import { OmsClient } from './adapters/oms/client';
import { newCheckId } from './adapters/system';
import type { Config } from './config';
import { METRICS } from './contract/metrics';
import { sendsPasswordInClear } from './contract/oms-endpoint';
import type { Notifier } from './core/notifications/notification';
import type { Clock, Log } from './core/ports';
import type { EventPorts } from './events';

/** A hung call must not eat the invocation: the SDK's own default waits without end, and without the last setting only warns that it does. */
export const REQUEST = {
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
  maxAttempts: 3,
};

/** @param ownLog outside AWS: then there is no CloudWatch that reads metrics out of the log either. */
export function wire(config: Config, clock: Clock, ownLog?: Log): EventPorts {
  const { omsCa, omsEndpoint, monitorName, fleetSize } = config;
  const log = ownLog ?? new PowertoolsLog(monitorName);
  if (sendsPasswordInClear(omsEndpoint)) {
    // Once for each start of the function, so that the operator can find it.
    log.warn('plain-http', {
      omsEndpoint,
      problem: 'the OMS password crosses the network unencrypted; use https:// where OMS has a certificate',
    });
  }
  const oms = new OmsClient({
    endpoint: config.omsEndpoint,
    api: config.omsApi,
    kind: config.omsKind,
    credentials: new SecretCredentials(new SecretsManagerClient(REQUEST), config.omsSecretId, clock),
    requestTimeoutMs: config.requestTimeoutMs,
    clock,
    ...(omsCa === undefined ? {} : { ca: omsCa }),
  });
  const dynamo = { client: new DynamoDBClient(REQUEST), tableName: config.tableName };
  return {
    oms,
    fleet: oms,
    verifier: oms,
    kind: config.omsKind,
    pollMs: config.requestTimeoutMs,
    store: new DynamoDbStore({ ...dynamo, retentionDays: config.retentionDays }),
    cutovers: new DynamoDbCutovers(dynamo),
    tableName: config.tableName,
    notifier: notifierOf(config, log),
    subscriptions: new SnsSubscriptions(new SNSClient(REQUEST), config.topicArn),
    clock,
    log,
    ...(ownLog === undefined
      ? { metrics: new PowertoolsMetrics({ names: METRICS, monitorName, fleetSize: fleetSize ?? null }) }
      : {}),
    leaseMs: config.leaseMs,
    ...(config.dashboardUrl === undefined ? {} : { deployment: { dashboardUrl: config.dashboardUrl } }),
    newId: newCheckId,
  };
}

function notifierOf({ topicArn, chatTopicArn, eventBusName }: Config, log: Log): Notifier {
  const sns = new SNSClient(REQUEST);
  const main = new SnsNotifier(sns, topicArn);
  const others: Record<string, Notifier> = {
    ...(chatTopicArn === undefined ? {} : { chat: new ChatNotifier(sns, chatTopicArn) }),
    ...(eventBusName === undefined
      ? {}
      : { eventBus: new EventBusNotifier(new EventBridgeClient(REQUEST), eventBusName) }),
  };
  return Object.keys(others).length === 0 ? main : new SideChannels(main, others, log);
}
