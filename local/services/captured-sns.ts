/** An SNS that stores messages instead of sending them: Publish and ListSubscriptionsByTopic in SNS's query protocol (a form in, XML out). */
import { randomUUID } from 'node:crypto';
import { type LoopbackReply, listenOnLoopback } from './loopback';

export interface CapturedMessage {
  readonly topicArn: string;
  readonly subject: string | undefined;
  /** The text for e-mail subscribers. */
  readonly message: string;
  /** By protocol, where `MessageStructure` is `json`. */
  readonly byProtocol?: Readonly<Record<string, string>>;
  readonly attributes: Readonly<Record<string, string>>;
}

export interface CapturedSnsOptions {
  /** Called with each accepted message, before the publisher gets its reply. */
  readonly onMessage?: (message: CapturedMessage) => void;
  /** The subscriptions of a topic. Default: none. */
  readonly subscriptionsOf?: (topicArn: string) => readonly CapturedSubscription[];
}

export interface CapturedSubscription {
  readonly protocol: string;
  readonly endpoint: string;
  /** Default true. */
  readonly confirmed?: boolean;
}

export class CapturedSns {
  readonly url: string;
  /** The accepted messages, in the order of publishing. */
  readonly messages: CapturedMessage[];
  private readonly failures: Failure[];
  readonly close: () => Promise<void>;

  private constructor(parts: {
    url: string;
    messages: CapturedMessage[];
    failures: Failure[];
    close: () => Promise<void>;
  }) {
    this.url = parts.url;
    this.messages = parts.messages;
    this.failures = parts.failures;
    this.close = parts.close;
  }

  static async start(options: CapturedSnsOptions = {}): Promise<CapturedSns> {
    const messages: CapturedMessage[] = [];
    const failures: Failure[] = [];
    const server = await listenOnLoopback(({ body }) => {
      const form = new URLSearchParams(body);
      if (form.get('Action') === 'ListSubscriptionsByTopic')
        return subscribed(options.subscriptionsOf?.(form.get('TopicArn') ?? '') ?? []);
      if (form.get('Action') !== 'Publish')
        return failed({ status: 400, code: 'InvalidAction', message: `${form.get('Action')} is not supported here` });
      const failure = failures.shift() ?? refusal(form);
      if (failure) return failed(failure);
      const message = messageOf(form);
      messages.push(message);
      options.onMessage?.(message);
      return xml(
        200,
        `<PublishResponse><PublishResult><MessageId>${randomUUID()}</MessageId></PublishResult></PublishResponse>`,
      );
    });
    return new CapturedSns({ ...server, messages, failures });
  }

  /** Makes the next `times` requests fail. The AWS client retries a 5xx: three attempts in all. */
  failNext(
    times: number,
    failure: Failure = { status: 500, code: 'InternalError', message: 'failed on request' },
  ): void {
    for (let i = 0; i < times; i++) this.failures.push(failure);
  }
}

/** All on one page. */
function subscribed(subscriptions: readonly CapturedSubscription[]): LoopbackReply {
  const members = subscriptions.map(({ protocol, endpoint, confirmed = true }) => {
    const arn = confirmed ? `arn:aws:sns:us-east-1:000000000000:topic:${randomUUID()}` : 'PendingConfirmation';
    return `<member><SubscriptionArn>${arn}</SubscriptionArn><Protocol>${escaped(protocol)}</Protocol><Endpoint>${escaped(endpoint)}</Endpoint></member>`;
  });
  return xml(
    200,
    `<ListSubscriptionsByTopicResponse><ListSubscriptionsByTopicResult><Subscriptions>${members.join('')}</Subscriptions></ListSubscriptionsByTopicResult></ListSubscriptionsByTopicResponse>`,
  );
}

export interface Failure {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** SNS's rules that a publisher could break unnoticed in a local run. */
function refusal(form: URLSearchParams): Failure | undefined {
  const invalid = (message: string): Failure => ({
    status: 400,
    code: 'InvalidParameter',
    message: `Invalid parameter: ${message}`,
  });
  const subject = form.get('Subject');
  // Printable ASCII, at most 100 characters, not starting with a space.
  if (subject !== null && !/^[\x21-\x7e][\x20-\x7e]{0,99}$/.test(subject)) return invalid('Subject');
  if (!form.get('Message')) return invalid('Empty message');
  if (Buffer.byteLength(form.get('Message') ?? '') > 256 * 1024) return invalid('Message too long');
  if (!form.get('TopicArn')?.startsWith('arn:')) return invalid('TopicArn');
  const structure = form.get('MessageStructure');
  if (structure !== null && structure !== 'json') return invalid('MessageStructure');
  if (structure === 'json') {
    const byProtocol = protocolsOf(form);
    if (byProtocol === undefined) return invalid('Message Structure - JSON message body failed to parse');
    if (typeof byProtocol.default !== 'string')
      return invalid('Message Structure - No default entry in JSON message body');
    // SNS silently ignores a protocol whose value is not a string; here it is an error.
    const wrong = Object.entries(byProtocol).find(([, text]) => typeof text !== 'string');
    if (wrong !== undefined) return invalid(`Message Structure - ${wrong[0]} is not a string`);
  }
  const empty = Object.entries(messageOf(form).attributes).find(([, value]) => value === '');
  return empty && invalid(`the message attribute '${empty[0]}' must contain a non-empty value`);
}

function messageOf(form: URLSearchParams): CapturedMessage {
  const attributes: Record<string, string> = {};
  for (let i = 1; form.has(`MessageAttributes.entry.${i}.Name`); i++) {
    const entry = `MessageAttributes.entry.${i}`;
    attributes[form.get(`${entry}.Name`) ?? ''] = form.get(`${entry}.Value.StringValue`) ?? '';
  }
  const message = form.get('Message') ?? '';
  const byProtocol =
    form.get('MessageStructure') === 'json' ? (protocolsOf(form) as Record<string, string>) : undefined;
  return {
    topicArn: form.get('TopicArn') ?? '',
    subject: form.get('Subject') ?? undefined,
    message: byProtocol?.email ?? byProtocol?.default ?? message,
    ...(byProtocol === undefined ? {} : { byProtocol }),
    attributes,
  };
}

/** Undefined where the message is not a JSON object. */
function protocolsOf(form: URLSearchParams): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(form.get('Message') ?? '');
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? { ...parsed } : undefined;
  } catch {
    return undefined;
  }
}

function failed({ status, code, message }: Failure): LoopbackReply {
  const type = status >= 500 ? 'Receiver' : 'Sender';
  return xml(
    status,
    `<ErrorResponse><Error><Type>${type}</Type><Code>${code}</Code><Message>${escaped(message)}</Message></Error></ErrorResponse>`,
  );
}

const escaped = (text: string) => text.replace(/[<&]/g, (c) => (c === '<' ? '&lt;' : '&amp;'));

const xml = (status: number, body: string): LoopbackReply => ({ status, contentType: 'text/xml', body });
