/** `replay`: when would the SYNCED gate have opened with other thresholds? */

import { DEFAULTS } from '../../lambda/contract/defaults';
import { formatDuration } from '../../lambda/contract/values/duration';
import { replay } from '../../lambda/core/check/replay';
import { type Command, type Io, JSON_FLAG, PROJECT_FLAG } from '../input/command';
import { PLACE_FLAGS, readPlace } from '../input/cutover-place';
import type { Flags } from '../input/flags';
import { EXIT } from '../output/exit-status';
import { JsonLines } from '../output/json-lines';
import { readProject } from './wait';

export const replayCommand: Command = {
  name: 'replay',
  summary: 'apply other SYNCED thresholds to the stored observations',
  flags: {
    ...PROJECT_FLAG,
    'max-lag': { value: 'D', about: 'maximum lag (default 30s)' },
    hold: { value: 'D', about: 'how long the lag must stay within it (default 1m)' },
    ...PLACE_FLAGS,
    ...JSON_FLAG,
  },

  async run(flags: Flags, io: Io): Promise<number> {
    const project = readProject(flags);
    const goal = {
      type: 'SYNCED',
      maxLagSeconds: flags.seconds('max-lag') ?? DEFAULTS.maxLagSeconds,
      holdSeconds: flags.seconds('hold') ?? DEFAULTS.holdSeconds,
    } as const;
    const open = readPlace(flags);
    flags.settle();
    const place = await open();
    try {
      const found = await replay(project, goal, place.store.snapshots(project));
      const { type: _type, ...thresholds } = goal;
      if (flags.has('json')) new JsonLines(io.stdout).print({ type: 'replay', project, ...thresholds, ...found });
      else {
        for (const { from, to, looks, message } of found.openings)
          io.stdout(`open from ${from} to ${to} (${looks} observation${looks === 1 ? '' : 's'}): ${message}\n`);
        if (found.openings.length === 0)
          io.stdout(`would not have opened; at the last observation: ${found.lastReason}\n`);
        io.stdout(`${found.looks} stored observations\n`);
        if (found.gaps > 0)
          io.stdout(
            `${found.gaps} of them came more than ${formatDuration(found.widestGapSeconds)} after the previous one, which restarts a hold; a wait polls more often than the schedule\n`,
          );
      }
      return found.openings.length > 0 ? EXIT.ok : EXIT.migration;
    } finally {
      await place.close();
    }
  },
};
