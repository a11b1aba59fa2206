/** The subscriptions of an SNS topic, and whether they are confirmed. */
import { ListSubscriptionsByTopicCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { Subscription, Subscriptions } from '../../core/ports';

/** Of a hundred subscriptions each: enough to find out whether anybody is subscribed. */
const MAX_PAGES = 10;

export class SnsSubscriptions implements Subscriptions {
  private readonly client: SNSClient;
  private readonly topicArn: string;

  constructor(client: SNSClient, topicArn: string) {
    this.client = client;
    this.topicArn = topicArn;
  }

  async list(): Promise<readonly Subscription[]> {
    const subscriptions: Subscription[] = [];
    let token: string | undefined;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const { Subscriptions = [], NextToken } = await this.client.send(
        new ListSubscriptionsByTopicCommand({
          TopicArn: this.topicArn,
          ...(token === undefined ? {} : { NextToken: token }),
        }),
      );
      for (const { SubscriptionArn, Protocol = '', Endpoint = '' } of Subscriptions) {
        // SNS keeps listing a deleted subscription for three days.
        if (SubscriptionArn === 'Deleted') continue;
        subscriptions.push({
          protocol: Protocol,
          endpoint: Endpoint,
          confirmed: SubscriptionArn?.startsWith('arn:') === true,
        });
      }
      token = NextToken;
      if (token === undefined || token === '') break;
    }
    return subscriptions;
  }
}
