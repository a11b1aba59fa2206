/** Monitors two migrations and sends an e-mail for each change. Nothing waits, and nothing is switched. */
import { App, CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { MigrationMonitor } from 'oms-cutover';

const app = new App();
const stack = new Stack(app, 'WatchAndMail');

const monitor = new MigrationMonitor(stack, 'Monitor', {
  omsEndpoint: 'https://oms.example.com:8089', // for a private address set `vpc` too
  projects: ['p_4gmn25m4rvwg', 'p_4gmn2b8xq3nk'],
  credentials: secretsmanager.Secret.fromSecretNameV2(stack, 'OmsSecret', 'oms-cutover/oms'),
  interval: Duration.minutes(10),
  notifyEmails: ['dba@example.com'],
});

// Subscribe queues, functions or chat to it.
new CfnOutput(stack, 'TopicArn', { value: monitor.topic.topicArn });
