/**
 * Notifies when an alarm returns from ALARM to OK, which saves a visit to the console. Not as an OK action of the alarm: that fires also when a
 * new alarm gets its first data, once for every alarm of a first deployment.
 */
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { AlarmPlace } from './alarm';

export class OkNotices extends Construct {
  constructor(scope: Construct, id: string, { name, topic }: AlarmPlace) {
    super(scope, id);
    // A role instead of a statement in the topic's policy: EventBridge could then publish for every account.
    const role = new iam.Role(this, 'Role', { assumedBy: new iam.ServicePrincipal('events.amazonaws.com') });
    role.addToPolicy(new iam.PolicyStatement({ actions: ['sns:Publish'], resources: [topic.topicArn] }));
    topic.masterKey?.grant(role, 'kms:Decrypt', 'kms:GenerateDataKey');
    const [alarm, reason] = ['$.detail.alarmName', '$.detail.state.reason'].map((path) =>
      events.EventField.fromPath(path),
    );
    new events.Rule(this, 'Rule', {
      description: `Notifies that an alarm of ${name} is OK again`,
      eventPattern: {
        source: ['aws.cloudwatch'],
        detailType: ['CloudWatch Alarm State Change'],
        detail: {
          alarmName: events.Match.prefix(`${name}-`),
          state: { value: ['OK'] },
          previousState: { value: ['ALARM'] },
          // An execution that has failed stays failed: that no other one does is no news.
          configuration: { metrics: { metricStat: { metric: { namespace: events.Match.anythingBut('AWS/States') } } } },
        },
      },
      targets: [
        new targets.SnsTopic(topic, {
          authorizeUsingRole: true,
          role: role.withoutPolicyUpdates(),
          message: events.RuleTargetInput.fromText(`OK again: ${alarm}. ${reason}`),
        }),
      ],
    });
  }
}
