/** OMS without the wire: the looks that a client would bring home from a trace, after the time that they take. */
import type { Clock, Oms } from '../../lambda/core/ports';
import type { Envelope, Importance, Look } from '../../lambda/core/progress';
import type { ProjectState } from '../../local/simulator/scenario-state';
import type { Trace } from './trace';

const ENVELOPE: Envelope = {
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

export class TraceOms implements Oms {
  requests = 0;
  private readonly trace: Trace;
  private readonly clock: Clock;
  private readonly latencyMs: number;

  constructor(trace: Trace, clock: Clock, latencyMs: number) {
    this.trace = trace;
    this.clock = clock;
    this.latencyMs = latencyMs;
  }

  /** OMS looks half way through. */
  async look(): Promise<Look> {
    this.requests += 1;
    const requestedAt = this.clock.now();
    await this.clock.sleep(this.latencyMs);
    const answeredAt = this.clock.now();
    return lookThatSaw(this.trace.stateAt((requestedAt + answeredAt) / 2), requestedAt, answeredAt);
  }
}

/** A good look. The skew is what the reply's Date header gives, which has whole seconds: up to one second behind. */
export function lookThatSaw(state: ProjectState, requestedAt: number, answeredAt: number): Look & { outcome: 'OK' } {
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
