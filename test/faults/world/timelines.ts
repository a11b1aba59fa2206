/** Timelines for the simulator. */
import type { Random } from '../../../local/random';
import type { Key, Scenario } from '../../../local/simulator/scenario';

export const MINUTE = 60_000;

/** One status per minute, so that every poll has a change; with incremental sync, so that a wait has one more. */
export function timelineOf(statuses: readonly string[], everyMs = MINUTE): Scenario {
  return scenario(statuses.map((status, i) => ({ at: i * everyMs, status, ...placeOf(i, statuses.length) })));
}

/** Some run without interruption, most stop, fail and resume; all end FINISHED. */
export function randomTimeline(random: Random, minutes: number): Scenario {
  const keys: Key[] = [{ at: 0, status: 'INIT', step: null }];
  const end = Math.max(3, minutes - random.whole(2, 6));
  let running = false;
  for (let minute = random.whole(1, 3); minute < end; minute += random.whole(2, 9)) {
    running = !running;
    const status = running ? 'RUNNING' : random.pick(['SUSPEND', 'FAILED', 'RUNNING_ALARMING', 'SUSPEND']);
    keys.push({ at: minute * MINUTE, status, ...placeOf(minute, end) });
  }
  keys.push({ at: end * MINUTE, status: 'FINISHED', ...placeOf(end, end) });
  return scenario(keys);
}

function placeOf(done: number, of: number): Partial<Key> {
  return { step: 'FULL_MIGRATION', struct: 100, full: Math.min(100, Math.floor((done * 100) / of)) };
}

function scenario(timeline: readonly Key[]): Scenario {
  return {
    title: 'Fault run',
    description: '',
    kind: 'migration',
    importance: 'MEDIUM',
    enable: { struct: true, full: true, incrSync: true, reverseIncrSync: false },
    checkpointEveryMs: 10_000,
    timeline,
    faults: [],
  };
}

/** The statuses in order, without consecutive duplicates. */
export function statusesOf({ timeline }: Scenario): readonly string[] {
  const all = timeline.flatMap(({ status }) => (status === undefined ? [] : [status]));
  return all.filter((status, i) => status !== all[i - 1]);
}
