/** Names a check. In a file of its own, so that the command line need not load the AWS clients for it. */
import { randomUUID } from 'node:crypto';

/** 60 random bits: short enough to read aloud, unlikely enough to meet twice. */
export function newCheckId(): string {
  return randomUUID().replaceAll('-', '').slice(0, 15);
}
