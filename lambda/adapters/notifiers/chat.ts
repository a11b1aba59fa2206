/** Tells changes to a chat channel, through a topic that Amazon Q Developer in chat applications (AWS Chatbot) reads. */
import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import { chatMessageOf } from '../../core/notifications/chat-message';
import type { Notification, Notifier } from '../../core/ports';

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
