/** Chooses the adapters of the check function. */

import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SNSClient } from '@aws-sdk/client-sns';
import { PowertoolsLog } from './adapters/aws/powertools-log';
import { PowertoolsMetrics } from './adapters/aws/powertools-metrics';
import { projectsIn } from './adapters/aws/projects-file';
import { SecretCredentials } from './adapters/aws/secret-credentials';
import { selfInvocation } from './adapters/aws/self-invocation';
import { SnsSubscriptions } from './adapters/notifiers/sns-subscriptions';
import { OmsClient } from './adapters/oms/client';
import type { Config } from './config';
import { METRICS } from './contract/metrics';
import { sendsPasswordInClear } from './contract/values/oms-endpoint';
import { OmsConsole } from './core/check/console';
import type { Clock, Log } from './core/ports';
import { quiet, REQUEST, wireShared } from './cutover-wiring';
import type { EventPorts } from './events';

/** @param ownLog outside AWS: without CloudWatch, which reads metrics out of the log. */
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
    credentials: new SecretCredentials(quiet(new SecretsManagerClient(REQUEST)), config.omsSecretId, clock),
    requestTimeoutMs: config.requestTimeoutMs,
    clock,
    ...(omsCa === undefined ? {} : { ca: omsCa }),
  });
  const shared = wireShared(config, clock, log);
  return {
    ...shared,
    console: new OmsConsole(shared),
    oms,
    fleet: oms,
    verifier: oms,
    kind: config.omsKind,
    listedProjects: projectsIn(config.projectsFile),
    start: selfInvocation(config.functionName, REQUEST),
    pollMs: config.requestTimeoutMs,
    subscriptions: new SnsSubscriptions(quiet(new SNSClient(REQUEST)), config.topicArn),
    ...(ownLog === undefined
      ? { metrics: new PowertoolsMetrics({ names: METRICS, monitorName, fleetSize: fleetSize ?? null }) }
      : {}),
  };
}
