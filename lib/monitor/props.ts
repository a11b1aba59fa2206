/** Props of MigrationMonitor. lib/monitor/validation.ts has their limits. */
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
  /** The http or https URL of the OMS console, such as `http://10.0.0.5:8089`; without user, query or fragment. */
  readonly omsEndpoint: string;
  /**
   * The ids of the projects that the schedule polls.
   * @default - required, unless `discover` is true
   */
  readonly projects?: readonly string[];
  /**
   * Poll every project that OMS lists, including new ones, until it is released or deleted. Requires OMS 4.1.1 or later; excludes `projects`.
   * @default false
   */
  readonly discover?: boolean;
  /** The console account, as JSON: `{"username": "…", "password": "…"}`. */
  readonly credentials: secretsmanager.ISecret;
  /**
   * The OMS API to call: `3.3`, `4.1.1`, or `auto` to detect it.
   * @default 'auto'
   */
  readonly api?: ApiChoice;
  /**
   * Data migration or data synchronization projects.
   * @default 'migration'
   */
  readonly kind?: ProjectKind;
  /**
   * How often the schedule polls each project: whole minutes, 1 minute to 1 day.
   * @default Duration.minutes(5)
   */
  readonly interval?: Duration;
  /**
   * E-mail addresses to notify. Each address confirms its subscription once.
   * @default - none; subscribe to `topic`
   */
  readonly notifyEmails?: readonly string[];
  /**
   * Timeout of one poll of OMS, retries included: whole seconds, 1 second to 1 minute.
   * @default Duration.seconds(10)
   */
  readonly requestTimeout?: Duration;
  /**
   * How long snapshots are kept: whole days, 1 to 3650.
   * @default Duration.days(90)
   */
  readonly retention?: Duration;
  /**
   * The VPC of the function. Synthesis warns if `omsEndpoint` is a private address and this is not set.
   * @default - no VPC: OMS is reached over the internet
   */
  readonly vpc?: ec2.IVpc;
  /**
   * The subnets of the function. Requires `vpc`.
   * @default - the private subnets of `vpc`
   */
  readonly vpcSubnets?: ec2.SubnetSelection;
  /**
   * The security groups of the function. Requires `vpc`.
   * @default - one that allows no inbound traffic, and outbound traffic to the port of OMS and to port 443
   */
  readonly securityGroups?: readonly ec2.ISecurityGroup[];
  /**
   * VPC endpoints to create. Requires `vpc`. A second endpoint for a service that has one in the VPC fails to deploy.
   * @default - none: AWS is reachable from the subnets
   */
  readonly createEndpoints?: readonly EndpointService[];
  /**
   * Who besides the function may use the interface endpoints of `createEndpoints`, which answer for their services in the whole VPC. Requires
   * `createEndpoints`.
   * @default - the IPv4 range of `vpc`; synthesis warns if it is unknown
   */
  readonly endpointPeers?: readonly ec2.IPeer[];
  /**
   * Path of a PEM file with certificates of authorities to trust for OMS, in addition to the public ones. Requires an https `omsEndpoint`.
   * @default - public authorities only
   */
  readonly omsCa?: string;
  /**
   * Customer-managed key for the table, the topic and the queues.
   * @default - keys that AWS manages
   */
  readonly encryptionKey?: kms.IKey;
  /**
   * The topic that alarms are published to. Its policy, and that of its key, are extended to allow it; synthesis warns if they are imported.
   * @default - `topic`
   */
  readonly alarmTopic?: sns.ITopic;
  /**
   * A topic with a subscription of Amazon Q Developer in chat applications (AWS Chatbot): changes are published to it too, one thread per
   * project.
   * @default - no chat
   */
  readonly chatTopic?: sns.ITopic;
  /**
   * An event bus that changes are sent to too, in the form of AWS DMS events.
   * @default - none
   */
  readonly eventBus?: events.IEventBus;
  /**
   * The URL at which you publish docs/runbook.md, without a fragment: each alarm links to its section.
   * @default - alarms name the file in this package, and the section
   */
  readonly runbookUrl?: string;
  /**
   * How long the logs of the function and of the state machines are kept.
   * @default RetentionDays.THREE_MONTHS
   */
  readonly logRetention?: logs.RetentionDays;
  /**
   * Traces of the functions and of the state machines in AWS X-Ray, those of cutover pipelines included. Turn it off where there is no X-Ray.
   * @default true
   */
  readonly tracing?: boolean;
  /**
   * For the table and the logs. DESTROY also turns off the deletion protection of the table.
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
   */
  readonly removalPolicy?: RemovalPolicy;
}
