/** A change as the store keeps it: a project that failed after three hours. */
import type { Change } from '../../lambda/core/model/change';
import { HOUR, MINUTE, T0 } from './observations';

export const FAILED: Change = {
  id: 'c1-1',
  sequence: 7,
  project: 'p_x',
  kind: 'status',
  at: T0 + 3 * HOUR + 12 * MINUTE,
  from: 'RUNNING',
  to: 'FAILED',
  since: T0,
  status: 'FAILED',
  step: 'FULL_MIGRATION',
  importance: 'HIGH',
  structProgress: 100,
  fullProgress: 63,
  lagSeconds: null,
  eta: null,
  said: { message: 'target is full', proposal: 'free some disk' },
};

/** The same, seen by an execution that waits. */
export const FAILED_IN_A_WAIT: Change = {
  ...FAILED,
  execution: 'arn:aws:states:eu-central-1:111122223333:execution:Wait:run-1',
};
