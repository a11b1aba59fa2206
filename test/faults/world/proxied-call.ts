/** The operation and project of a request, parsed from what the real clients send. */
import type { IncomingMessage } from 'node:http';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { ProjectState } from '../../../lambda/core/model/project-state';
import type { Operation, Service } from './fault';

export interface ProxiedCall {
  readonly service: Service;
  readonly operation: Operation;
  /** Empty if there is none. */
  readonly project: string;
  /** Whether it has an effect. */
  readonly writes: boolean;
  /** The item in a write of the project state. */
  readonly projectState?: ProjectState;
}

type Item = Readonly<Record<string, AttributeValue>>;

export function dynamoDbCall(request: IncomingMessage, body: string): ProxiedCall {
  const target = String(request.headers['x-amz-target'] ?? '')
    .split('.')
    .at(-1);
  const call = (operation: Operation, project: string, writes: boolean): ProxiedCall => ({
    service: 'dynamodb',
    operation,
    project,
    writes,
  });
  const input = JSON.parse(body) as { readonly Key?: Item; readonly Item?: Record<string, AttributeValue> };
  if (target === 'GetItem') return call('read', input.Key?.pk?.S ?? '', false);
  if (target !== 'PutItem' || input.Item === undefined) return call('other', '', false);
  const project = input.Item.pk?.S ?? '';
  if (input.Item.sk?.S !== 'STATE') return call('snapshot', project, true);
  const { pk: _pk, sk: _sk, ...projectState } = unmarshall(input.Item);
  const notified = String(projectState.writeId).endsWith('/delivered');
  return {
    ...call(notified ? 'clear' : 'state', project, true),
    projectState: projectState as unknown as ProjectState,
  };
}

export function snsCall(_request: IncomingMessage, body: string): ProxiedCall {
  const form = new URLSearchParams(body);
  let project = '';
  for (let i = 1; form.has(`MessageAttributes.entry.${i}.Name`); i += 1) {
    const entry = `MessageAttributes.entry.${i}`;
    if (form.get(`${entry}.Name`) === 'project') project = form.get(`${entry}.Value.StringValue`) ?? '';
  }
  return { service: 'sns', operation: 'publish', project, writes: true };
}

/** The project is in the path of a 3.3 call, and in the body of a 4.1.1 call. */
export function omsCall(request: IncomingMessage, body: string): ProxiedCall {
  const path = /\/(?:migrations|sync)\/([^/]+)\/progress/.exec(request.url ?? '')?.[1];
  const project = path === undefined ? /"id":"([^"]*)"/.exec(body)?.[1] : decodeURIComponent(path);
  return { service: 'oms', operation: 'poll', project: project ?? '', writes: false };
}
