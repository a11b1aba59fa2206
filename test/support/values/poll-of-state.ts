/** OMS without the wire: the look that a client would bring home of a project in this state. */

import type { Importance } from '../../../lambda/contract/oms';
import type { Envelope, Observation } from '../../../lambda/core/model/progress';
import type { SimulatedState } from '../../../local/simulator/scenario-state';

/** As a real OMS sends it with a good reply. */
export const ENVELOPE: Envelope = {
  success: true,
  code: null,
  message: null,
  advice: null,
  requestId: null,
  pageNumber: null,
  pageSize: null,
  totalCount: null,
  cost: '13 ms',
};

/** A good look. The skew is what the reply's Date header gives, which has whole seconds: up to one second behind. */
export function pollThatSaw(
  state: SimulatedState,
  requestedAt: number,
  answeredAt: number,
): Observation & { outcome: 'OK' } {
  const middle = (requestedAt + answeredAt) / 2;
  return {
    outcome: 'OK',
    requestedAt,
    answeredAt,
    clockSkewMs: Math.round(Math.floor(middle / 1000) * 1000 - middle),
    api: '3.3',
    anomalies: [],
    said: { cost: '13 ms' },
    envelope: ENVELOPE,
    progress: {
      status: state.status,
      importance: state.importance as Importance,
      enableStructMigration: state.enable.struct,
      enableFullMigration: state.enable.full,
      enableIncrSync: state.enable.incrSync,
      enableReverseIncrSync: state.enable.reverseIncrSync,
      currentStep: state.step,
      structMigrationProgress: state.struct,
      fullMigrationProgress: state.full,
      incrSyncCheckpoint: state.checkpoint,
      reverseIncrSyncCheckpoint: state.reverseCheckpoint,
    },
  };
}
