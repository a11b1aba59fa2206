/** The pages that a message links to. */

import type { Change } from '../model/change';
import type { CredentialsFrom } from './words';

/** Where this runs: the same for every message. */
export interface Deployment {
  /** Absent without a stack. */
  readonly dashboardUrl?: string;
  /** Default `secret`. */
  readonly credentialsFrom?: CredentialsFrom;
}

export interface Links {
  /** The Step Functions execution that waited and observed the change. */
  readonly execution: string | null;
  readonly dashboard: string | null;
}

export function linksOf(change: Change, deployment: Deployment): Links {
  return { execution: executionPage(change.execution), dashboard: deployment.dashboardUrl ?? null };
}

/** The ARN has all that the page's address needs. Of the characters of a name only those that Step Functions allows. */
const EXECUTION =
  /^arn:(aws[a-z-]*):states:([a-z0-9-]+):\d{12}:execution:[A-Za-z0-9_-]+:[^\s\p{C}<>{}[\]?*"#%\\^|~`$&,;:/]{1,80}$/u;
const CONSOLES: Readonly<Record<string, string>> = {
  aws: 'console.aws.amazon.com',
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
  'aws-eusc': 'console.amazonaws-eusc.eu',
};

/** Of the CloudWatch console of the partition that the region is in: at synthesis the region is often unknown. */
export function dashboardPage(region: string | undefined, name: string | undefined): string | undefined {
  if (region === undefined || name === undefined) return undefined;
  const other = /^(cn|us-gov|eusc|..-iso[a-z]?)-/.exec(region)?.[1];
  const host = CONSOLES[other === undefined ? 'aws' : `aws-${other}`];
  if (host === undefined) return undefined;
  return `https://${host}/cloudwatch/home?region=${region}#dashboards/dashboard/${name}`;
}

/** Undefined for anything else: it only makes a link. */
export function executionArn(value: unknown): string | undefined {
  return typeof value === 'string' && value.length <= 512 && EXECUTION.test(value) ? value : undefined;
}

function executionPage(arn: string | undefined): string | null {
  const [, partition = '', region] = EXECUTION.exec(arn ?? '') ?? [];
  const host = CONSOLES[partition];
  return host === undefined
    ? null
    : `https://${host}/states/home?region=${region}#/v2/executions/details/${encodeURI(arn ?? '')}`;
}
