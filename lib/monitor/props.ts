/** What a MigrationMonitor is made with, and what holds where something is left out. */
import type { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as events from 'aws-cdk-lib/aws-events';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type { ApiChoice, ProjectKind } from '../../lambda/contract/oms';
import type { EndpointService } from '../network/vpc-endpoints';

export interface MigrationMonitorProps {
  /** The http or https address of the OMS console, such as `http://10.0.0.5:8089`. */
  readonly omsEndpoint: string;
  /**
   * The ids of the projects that the schedule looks at.
   * @default - required, unless `discover`
   */
  readonly projects?: readonly string[];
  /**
   * Look at every project that OMS lists, new ones too, except those that are released or deleted. Needs OMS 4.1.1 or later.
   * @default false
   */
  readonly discover?: boolean;
  /** The console account, as JSON: `{"username": "…", "password": "…"}`. */
  readonly credentials: secretsmanager.ISecret;
  /**
   * Which of OMS's interfaces to call.
   * @default 'auto' - what the console answers to
   */
  readonly api?: ApiChoice;
  /**
   * Data migration or data synchronisation projects.
   * @default 'migration'
   */
  readonly kind?: ProjectKind;
  /**
   * How often the schedule looks at every project. Whole minutes.
   * @default Duration.minutes(5)
   */
  readonly interval?: Duration;
  /**
   * Who is told by e-mail. Each address has to confirm once.
   * @default - nobody; subscribe to `topic`
   */
  readonly notifyEmails?: readonly string[];
  /**
   * How long one look at OMS may take.
   * @default Duration.seconds(10)
   */
  readonly requestTimeout?: Duration;
  /**
   * How long what was seen is kept. Whole days.
   * @default Duration.days(90)
   */
  readonly retention?: Duration;
  /**
   * The network that OMS is reached from. Where `omsEndpoint` is plainly private and there is none, the synthesis warns.
   * @default - the internet
   */
  readonly vpc?: ec2.IVpc;
  /**
   * Which subnets of it.
   * @default - its private subnets
   */
  readonly vpcSubnets?: ec2.SubnetSelection;
  /**
   * What the function may reach.
   * @default - a group of its own that lets out to the port of OMS and to 443
   */
  readonly securityGroups?: readonly ec2.ISecurityGroup[];
  /**
   * Ways from the VPC to AWS services that are not there yet. A second one for the same service would not deploy.
   * @default - none: the subnets lead to them already
   */
  readonly createEndpoints?: readonly EndpointService[];
  /**
   * A PEM file with certificate authorities to trust for OMS.
   * @default - the public ones only
   */
  readonly omsCa?: string;
  /**
   * A key of yours for the table, the topic and the queues.
   * @default - keys of AWS
   */
  readonly encryptionKey?: kms.IKey;
  /**
   * Who hears of alarms. A topic of the same app gets the policy it needs, and its key too.
   * @default - `topic`, as of changes
   */
  readonly alarmTopic?: sns.ITopic;
  /**
   * A topic that Amazon Q Developer in chat applications (AWS Chatbot) is subscribed to: changes go there too, one thread a project.
   * @default - no chat
   */
  readonly chatTopic?: sns.ITopic;
  /**
   * An event bus that changes go to too, shaped as AWS DMS shapes its own.
   * @default - none
   */
  readonly eventBus?: events.IEventBus;
  /**
   * Where docs/runbook.md can be read: every alarm's description links to its section there.
   * @default - the file's name and its section, and that it is in this package
   */
  readonly runbookUrl?: string;
  /**
   * How long logs are kept.
   * @default RetentionDays.THREE_MONTHS
   */
  readonly logRetention?: logs.RetentionDays;
  /**
   * What becomes of the table and the logs when they leave the stack.
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}
