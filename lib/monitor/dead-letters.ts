/** A queue for what could not be done: nothing is sent to it in a good month, so whatever is in it wants a look. */
import { Duration, Validations } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

export class DeadLetters extends sqs.Queue {
  constructor(scope: Construct, id: string, encryptionKey: kms.IKey | undefined) {
    super(scope, id, {
      enforceSSL: true,
      // The longest there is: a letter from a long week-end is still there afterwards.
      retentionPeriod: Duration.days(14),
      ...(encryptionKey === undefined
        ? { encryption: sqs.QueueEncryption.SQS_MANAGED }
        : { encryption: sqs.QueueEncryption.KMS, encryptionMasterKey: encryptionKey }),
    });
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason:
        'This queue is itself the end of the line for an event that failed; nothing consumes it that could fail in turn.',
    });
  }
}
