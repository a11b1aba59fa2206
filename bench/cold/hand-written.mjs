/**
 * The peer of bench/cold.ts: the function that a good engineer writes in an afternoon for the same job. It polls one project with fetch and a
 * time-out, stores what it saw and the state over the version that it read, publishes a change of status, and logs one line.
 * It has no retries of its own, reads one version of OMS's calls, and believes what it gets.
 */
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';

const dynamo = new DynamoDBClient({});
const secrets = new SecretsManagerClient({});
const sns = new SNSClient({});
const { TABLE_NAME: TableName, TOPIC_ARN: TopicArn, OMS_ENDPOINT, OMS_SECRET_ID: SecretId } = process.env;

let credentials;

async function poll(project) {
  credentials ??= JSON.parse((await secrets.send(new GetSecretValueCommand({ SecretId }))).SecretString);
  const { username, password } = credentials;
  const response = await fetch(`${OMS_ENDPOINT}/api/omsp/v2/migrations/${encodeURIComponent(project)}/progress`, {
    headers: { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` },
    signal: AbortSignal.timeout(10_000),
  });
  if (!response.ok) throw new Error(`OMS answered HTTP ${response.status}`);
  const { success, message, data } = await response.json();
  if (!success) throw new Error(`OMS refused: ${message}`);
  return data;
}

export async function handler({ project }) {
  const key = { pk: project, sk: 'STATE' };
  const [data, { Item }] = await Promise.all([
    poll(project),
    dynamo.send(new GetItemCommand({ TableName, Key: marshall(key), ConsistentRead: true })),
  ]);
  const before = Item === undefined ? { version: 0 } : unmarshall(Item);
  const at = new Date().toISOString();
  const seen = { at, status: data.status, step: data.currentStep, progress: data.fullMigrationProgress };
  await dynamo.send(
    new PutItemCommand({ TableName, Item: marshall({ pk: project, sk: `SNAPSHOT#${at}`, ...seen, data }) }),
  );
  await dynamo.send(
    new PutItemCommand({
      TableName,
      Item: marshall({ ...key, ...seen, version: before.version + 1 }),
      ...(before.version === 0
        ? { ConditionExpression: 'attribute_not_exists(pk)' }
        : {
            ConditionExpression: '#version = :expected',
            ExpressionAttributeNames: { '#version': 'version' },
            ExpressionAttributeValues: marshall({ ':expected': before.version }),
          }),
    }),
  );
  if (before.status !== data.status) {
    const Message = JSON.stringify({ project, before: before.status, ...seen });
    await sns.send(new PublishCommand({ TopicArn, Subject: `${project} is ${data.status}`, Message }));
  }
  console.log(JSON.stringify({ level: 'INFO', event: 'check', project, ...seen }));
  return { project, done: data.status === 'FINISHED', ...seen };
}
