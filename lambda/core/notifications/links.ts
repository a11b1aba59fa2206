/** Where somebody who reads a message looks on. */
import type { Change } from '../model/change';

/** The same for every message; made at deployment. Absent on a laptop. */
export interface Places {
  readonly dashboardUrl?: string;
}

export interface Links {
  /** The wait's own page: the execution whose look saw the change. */
  readonly execution: string | null;
  readonly dashboard: string | null;
}

export function linksOf(change: Change, places: Places): Links {
  return { execution: executionPage(change.execution), dashboard: places.dashboardUrl ?? null };
}

/** An execution's ARN is all that its page needs: partition and region stand in it. Of the names' characters those that Step Functions allows. */
const EXECUTION =
  /^arn:(aws[a-z-]*):states:([a-z0-9-]+):\d{12}:execution:[A-Za-z0-9_-]+:[^\s\p{C}<>{}[\]?*"#%\\^|~`$&,;:/]{1,80}$/u;
const CONSOLES: Readonly<Record<string, string>> = {
  aws: 'console.aws.amazon.com',
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
};

/** The ARN as it came where it is one, nothing where it is not: it is only a link. */
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
