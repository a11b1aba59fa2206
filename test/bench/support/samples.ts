/** What a trace shows, sampled: two traces with the same samples are the same trace. */
import { BEGINS_AT, type Trace } from '../../../bench/wait/traces/trace';

export function sample({ stateAt, reachedAt, failures, goal }: Trace, everyMs: number, count: number): unknown {
  const states = Array.from({ length: count }, (_, i) => stateAt(BEGINS_AT + i * everyMs));
  return { goal, reachedAt, failures, states };
}
