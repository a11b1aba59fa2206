/** The Lambda of the watchdog: settings, adapters, one round each minute. */
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import * as v from 'valibot';
import { PowertoolsLog } from './adapters/aws/powertools-log';
import { StepFunctionsExecutions } from './adapters/aws/step-functions-executions';
import { DynamoDbCutovers } from './adapters/dynamodb/cutover-store';
import { systemClock } from './adapters/system';
import { ENV } from './contract/environment';
import { METRICS } from './contract/metrics';
import { text } from './contract/values/schema';
import { type WatchReport, watch } from './core/cutover/watchdog';
import { read } from './core/model/fields';
import type { Clock, Log } from './core/ports';
import { quiet, REQUEST } from './cutover-wiring';

const EnvironmentSchema = v.object({
  [ENV.tableName]: text,
  [ENV.pipelineArn]: text,
  [ENV.resumeMachineArn]: text,
  [ENV.monitorName]: text,
});

export interface WatchdogOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** Outside AWS: then there is no CloudWatch that reads metrics out of the log either. */
  readonly log?: Log;
}

export function createHandler({ env, clock, log: ownLog }: WatchdogOptions): () => Promise<WatchReport> {
  const settings = read(EnvironmentSchema, env);
  const name = settings[ENV.monitorName];
  const log = ownLog ?? new PowertoolsLog(name);
  const metrics = new Metrics({ namespace: METRICS.namespace, serviceName: name });
  const ports = {
    cutovers: new DynamoDbCutovers({ client: quiet(new DynamoDBClient(REQUEST)), tableName: settings[ENV.tableName] }),
    executions: new StepFunctionsExecutions(quiet(new SFNClient(REQUEST))),
    clock,
    log,
    overdue: (cutovers: number) => {
      if (ownLog !== undefined) return;
      metrics.addMetric(METRICS.overdueCutovers, MetricUnit.Count, cutovers);
      metrics.publishStoredMetrics();
    },
  };
  const watched = { pipeline: settings[ENV.pipelineArn], resumeMachine: settings[ENV.resumeMachineArn] };
  return async () => {
    const report = await watch(watched, ports);
    if (report.open > 0) log.info('watched', { ...report });
    return report;
  };
}

let deployed: (() => Promise<WatchReport>) | null = null;

export const handler = async (): Promise<WatchReport> => {
  deployed ??= createHandler({ env: process.env, clock: systemClock });
  return await deployed();
};
