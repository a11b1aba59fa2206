/** What a construct is called outside of its template, where the names of every other stack of the account stand beside it. */
import { createHash } from 'node:crypto';
import { ScopedAws, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** A stack's name may have 128 characters; the rest of the 255 that CloudWatch takes is for what alarms and dashboards add. */
const MAX_WITHIN_STACK = 80;
const HASH = 8;

/**
 * `OmsCutover-Monitor`: the stack's name as it is deployed, because one template may be deployed as several stacks, and the construct's place
 * in the stack, because one stack may have several. Of that only letters and digits, so that the last hyphen parts the two.
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
