/** The traces. Each row of the report is a group: the same shape with several seeds. */

import { Random } from '../../../local/random';
import { type CopyTrouble, copyTrace } from './copy';
import { drainTrace } from './drain';
import { syncTrace } from './sync';
import type { Trace, TraceKind } from './trace';

export interface TraceGroup {
  readonly name: string;
  readonly kind: TraceKind;
  readonly seeds: number;
  draw(random: Random): Trace;
}

const HOUR = 3_600;
const DAY = 24 * HOUR;

/** Name, approximate length, and the number of each kind of fault. */
const COPIES = [
  ['copy-10min', 600, 40, 20],
  ['copy-1h', HOUR, 40, 20],
  ['copy-8h', 8 * HOUR, 80, 40],
  ['copy-3d', 3 * DAY, 40, 20],
  ['copy-14d', 14 * DAY, 20, 10],
] as const;

const TROUBLES: readonly CopyTrouble[] = ['none', 'stalls', 'resumed', 'fails'];

export const CATALOGUE: readonly TraceGroup[] = [
  ...COPIES.flatMap(([name, seconds, seeds, seedsOfTrouble]) =>
    TROUBLES.map((trouble) => ({
      name: trouble === 'none' ? name : `${name}-${trouble}`,
      kind: 'copy' as const,
      seeds: trouble === 'none' ? seeds : seedsOfTrouble,
      draw: (random: Random) => copyTrace({ seconds, trouble }, random),
    })),
  ),
  { name: 'sync-8h', kind: 'sync', seeds: 20, draw: (random) => syncTrace({ seconds: 8 * HOUR }, random) },
  { name: 'sync-30d', kind: 'sync', seeds: 6, draw: (random) => syncTrace({ seconds: 30 * DAY }, random) },
  { name: 'drain', kind: 'drain', seeds: 40, draw: (random) => drainTrace({ lagSeconds: [1, 15] }, random) },
  { name: 'drain-backlog', kind: 'drain', seeds: 40, draw: (random) => drainTrace({ lagSeconds: [30, 600] }, random) },
];

/** The same seed, group and index always give the same trace. */
export function drawTrace(group: TraceGroup, seed: number, index: number): Trace {
  return group.draw(new Random(`${seed}/${group.name}/${index}`));
}
