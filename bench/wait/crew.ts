/** Runs traces in parallel, one process per core. Every trace has its own clock, so their order does not matter. */
import { type ChildProcess, fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { type MeasuredTrace, measureTrace } from './measure';
import type { OurMachines } from './pollers/our-wait';
import { CATALOGUE, drawTrace } from './traces/catalogue';

export interface Job {
  readonly group: string;
  readonly seed: number;
  readonly index: number;
}

/** Limits the load on a shared machine. */
const MOST = 4;

/** Runs all jobs and returns their results in the same order. */
export async function playAll(jobs: readonly Job[], ours: OurMachines): Promise<MeasuredTrace[]> {
  const results: MeasuredTrace[] = new Array(jobs.length);
  let next = 0;
  const work = async (): Promise<void> => {
    const hand = fork(__filename, [], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    try {
      await notified(hand, ours);
      for (let i = next++; i < jobs.length; i = next++) {
        results[i] = (await notified(hand, jobs[i] as Job)) as MeasuredTrace;
      }
    } finally {
      hand.disconnect();
    }
  };
  await Promise.all(Array.from({ length: Math.min(MOST, availableParallelism(), jobs.length) }, work));
  return results;
}

/** Sends a message and waits for the reply. */
function notified(hand: ChildProcess, message: Job | OurMachines): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null) => reject(new Error(`a process of the bench ended with ${code}`));
    hand.once('exit', ended);
    hand.once('message', (answer) => {
      hand.off('exit', ended);
      resolve(answer);
    });
    hand.send(message);
  });
}

/** A worker: receives the state machines first, then one job at a time. */
export async function play({ group, seed, index }: Job, ours: OurMachines): Promise<MeasuredTrace> {
  const found = CATALOGUE.find(({ name }) => name === group);
  if (found === undefined) throw new Error(`no trace is called ${group}`);
  return measureTrace(drawTrace(found, seed, index), ours);
}

if (require.main === module && process.send !== undefined) {
  let ours: OurMachines | undefined;
  process.on('message', async (message: Job | OurMachines) => {
    if ('machines' in message) ours = message;
    const answer = 'machines' in message ? null : await play(message, ours as OurMachines);
    process.send?.(answer);
  });
}
