/**
 * Publishes changes to a chat channel, through a topic that Amazon Q Developer in chat applications (AWS Chatbot) reads: its custom
 * notifications, format 1.0. It drops messages of any other form silently.
 */

import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import { textOf } from '../../core/notifications/mail';
import type { Notification, Notifier } from '../../core/notifications/notification';

export interface ChatMessage {
  readonly version: '1.0';
  readonly source: 'custom';
  readonly id: string;
  readonly content: {
    readonly textType: 'client-markdown';
    readonly title: string;
    readonly description: string;
    readonly nextSteps: readonly string[];
    readonly keywords: readonly string[];
  };
  readonly metadata: {
    /** One thread a project. */
    readonly threadId: string;
    readonly summary: string;
    readonly eventType: string;
    readonly additionalContext: Readonly<Record<string, string>>;
  };
}

export class ChatNotifier implements Notifier {
  private readonly client: SNSClient;
  private readonly topicArn: string;

  constructor(client: SNSClient, topicArn: string) {
    this.client = client;
    this.topicArn = topicArn;
  }

  async publish(notification: Notification): Promise<void> {
    await this.client.send(
      new PublishCommand({ TopicArn: this.topicArn, Message: JSON.stringify(chatMessageOf(notification)) }),
    );
  }
}

export function chatMessageOf({ subject, paragraphs, event, attributes }: Notification): ChatMessage {
  const { links } = event;
  return {
    version: '1.0',
    source: 'custom',
    id: event.changeId,
    content: {
      textType: 'client-markdown',
      title: escaped(subject),
      // The title, the next steps and the thread have the rest.
      description: escaped(textOf(paragraphs.filter(({ about }) => IN_DESCRIPTION.has(about)))),
      nextSteps: [
        escaped(event.advice),
        ...(links.execution === null ? [] : [`Step Functions execution: ${links.execution}`]),
        ...(links.dashboard === null ? [] : [`Dashboard: ${links.dashboard}`]),
      ],
      keywords: [event.project, event.change, ...(event.status === null ? [] : [event.status])].map(escaped),
    },
    metadata: {
      threadId: event.project,
      summary: escaped(subject),
      eventType: event.change,
      additionalContext: { ...attributes, sequence: String(event.sequence) },
    },
  };
}

const IN_DESCRIPTION: ReadonlySet<string> = new Set(['headline', 'facts', 'report', 'oms']);

/** In a chat `<!channel>` notifies everybody and `<address|words>` hides an address; the words of OMS must do neither, nor format the message. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replace(/[*~`]/g, "'");
}
