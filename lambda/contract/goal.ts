/** What a wait waits for. */

export type Goal =
  | { readonly type: 'FINISHED' }
  | { readonly type: 'SYNCED'; readonly maxLagSeconds: number; readonly holdSeconds: number }
  | {
      readonly type: 'DRAINED';
      /** The fence, Unix milliseconds. */
      readonly writesStoppedAt: number;
      readonly marginSeconds: number;
    }
  | { readonly type: 'SWITCHED' };

export const GOAL_TYPES = ['FINISHED', 'SYNCED', 'DRAINED', 'SWITCHED'] as const;

/** A goal as an execution's input writes it: see wait-input.ts for what is accepted. */
export interface GoalInput {
  readonly type: (typeof GOAL_TYPES)[number];
  readonly maxLagSeconds?: number;
  readonly holdSeconds?: number;
  /** ISO 8601 or Unix seconds. */
  readonly writesStoppedAt?: string | number;
  readonly marginSeconds?: number;
}
