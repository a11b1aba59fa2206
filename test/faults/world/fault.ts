/** The kinds of faults, and the replies of a service that rejects a request. */
import type { Random } from '../../../local/random';

export const SERVICES = ['dynamodb', 'sns', 'oms'] as const;
export type Service = (typeof SERVICES)[number];

/** The part of a check that sends the request. */
export type Operation = 'read' | 'snapshot' | 'state' | 'clear' | 'publish' | 'poll' | 'other';

/**
 * - `throttled`, `error`: the service rejects the request; - `reset`, `silence`: the request does not reach the service;
 * - `lost-reset`, `lost-silence`, `torn`: the service executes the request, and its reply is lost or truncated;
 * - `late`: the request reaches the service after the client has timed out and retried.
 */
export const FAULTS = ['throttled', 'error', 'reset', 'silence', 'lost-reset', 'lost-silence', 'torn', 'late'] as const;
export type Fault = (typeof FAULTS)[number];

export interface Refusal {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

const dynamodb = (status: number, type: string): Refusal => ({
  status,
  contentType: 'application/x-amz-json-1.0',
  body: JSON.stringify({ __type: type, message: 'injected' }),
});
const sns = (status: number, code: string): Refusal => ({
  status,
  contentType: 'text/xml',
  body: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>injected</Message></Error></ErrorResponse>`,
});
const oms = (status: number): Refusal => ({ status, contentType: 'text/html', body: '<h1>injected</h1>' });

const REFUSALS: Record<Service, Record<'throttled' | 'error', readonly Refusal[]>> = {
  dynamodb: {
    throttled: [
      dynamodb(400, 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException'),
      dynamodb(400, 'com.amazon.coral.availability#ThrottlingException'),
    ],
    error: [
      dynamodb(500, 'com.amazonaws.dynamodb.v20120810#InternalServerError'),
      dynamodb(503, 'com.amazon.coral.service#ServiceUnavailableException'),
    ],
  },
  sns: { throttled: [sns(429, 'Throttled')], error: [sns(500, 'InternalError')] },
  oms: { throttled: [oms(429)], error: [oms(500), oms(503)] },
};

export function refusalOf(service: Service, fault: 'throttled' | 'error', random: Random): Refusal {
  return random.pick(REFUSALS[service][fault]);
}
