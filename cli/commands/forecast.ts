/** `forecast`: how long a drain would take now, and whether it fits a window. */

import { formatDuration } from '../../lambda/contract/values/duration';
import { drainWords, fits, forecastDrain, pollsForForecast } from '../../lambda/core/judge/drain-forecast';
import { type Command, type Io, JSON_FLAG, PROJECT_FLAG } from '../input/command';
import { PLACE_FLAGS, readPlace } from '../input/cutover-place';
import type { Flags } from '../input/flags';
import { EXIT } from '../output/exit-status';
import { JsonLines } from '../output/json-lines';
import { readProject } from './wait';

const WORDS = { FITS: 'fits', MAY_FIT: 'may fit', DOES_NOT_FIT: 'does not fit' } as const;

export const forecastCommand: Command = {
  name: 'forecast',
  summary: 'estimate how long writes would be stopped in a cutover now',
  flags: {
    ...PROJECT_FLAG,
    window: { value: 'D', about: 'how long writes may be stopped (default 5m)' },
    ...PLACE_FLAGS,
    ...JSON_FLAG,
  },

  async run(flags: Flags, io: Io): Promise<number> {
    const project = readProject(flags);
    const windowSeconds = flags.seconds('window', { least: 1 }) ?? 300;
    const open = readPlace(flags);
    flags.settle();
    const place = await open();
    try {
      const forecast = forecastDrain(await pollsForForecast(project, place));
      const fit = forecast === null ? null : fits(forecast, windowSeconds);
      if (flags.has('json'))
        new JsonLines(io.stdout).print({ type: 'forecast', project, windowSeconds, fit, ...forecast });
      else {
        io.stdout(`drain of ${project}: ${drainWords(forecast)}\n`);
        if (fit !== null) io.stdout(`${WORDS[fit]} in a window of ${formatDuration(windowSeconds)}\n`);
      }
      return fit === 'FITS' || fit === 'MAY_FIT' ? EXIT.ok : EXIT.migration;
    } finally {
      await place.close();
    }
  },
};
