/** Publishes changes to an SNS topic: text for e-mail, JSON for programs, message attributes for filter policies. */
import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { Notification, Notifier } from '../../core/notifications/notification';

export class SnsNotifier implements Notifier {
  private readonly client: SNSClient;
  private readonly topicArn: string;

  constructor(client: SNSClient, topicArn: string) {
    this.client = client;
    this.topicArn = topicArn;
  }

  async publish({ change, subject, body, event, attributes }: Notification): Promise<void> {
    const all = { ...attributes, changeId: change.id, sequence: String(change.sequence) };
    const json = JSON.stringify(event);
    await this.client.send(
      new PublishCommand({
        TopicArn: this.topicArn,
        Subject: subject,
        // SNS picks by the subscription's protocol; a protocol not named here gets the default.
        MessageStructure: 'json',
        Message: JSON.stringify({
          default: body,
          sms: subject,
          sqs: json,
          lambda: json,
          firehose: json,
          http: json,
          https: json,
        }),
        MessageAttributes: Object.fromEntries(
          Object.entries(all).map(([name, value]) => [name, { DataType: 'String', StringValue: value }]),
        ),
      }),
    );
  }
}
