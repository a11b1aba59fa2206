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

/** A goal as an execution's input writes it. */
export type GoalInput =
  | { readonly type: 'FINISHED' }
  | { readonly type: 'SYNCED'; readonly maxLagSeconds?: number; readonly holdSeconds?: number }
  | {
      readonly type: 'DRAINED';
      /** ISO 8601 or Unix seconds. */
      readonly writesStoppedAt: string | number;
      readonly marginSeconds?: number;
    }
  | { readonly type: 'SWITCHED' };
