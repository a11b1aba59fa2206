/** The name of a construct in CloudWatch, unique in the account and region. */
import { createHash } from 'node:crypto';
import { ScopedAws, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** Stack names have up to 128 characters, CloudWatch names up to 255: the rest is for the suffixes of alarms and dashboards. */
const MAX_WITHIN_STACK = 80;
const HASH = 8;

/**
 * `OmsCutover-Monitor`: the stack name at deployment (one template may be deployed as several stacks), and the path of the construct in the
 * stack (which may have several), reduced to letters and digits, so that the last hyphen separates the two.
 */
export function deployedName(construct: Construct): string {
  const { scopes } = construct.node;
  const path = scopes
    .slice(scopes.indexOf(Stack.of(construct)) + 1)
    .map(({ node }) => node.id)
    .join('/');
  const letters = path.replace(/[^A-Za-z0-9]/g, '');
  const isWhole = letters === path && path.length <= MAX_WITHIN_STACK;
  const within = isWhole ? path : `${letters.slice(0, MAX_WITHIN_STACK - HASH)}${hashOf(path)}`;
  return `${new ScopedAws(construct).stackName}-${within}`;
}

function hashOf(path: string): string {
  return createHash('sha256').update(path).digest('hex').slice(0, HASH).toUpperCase();
}
