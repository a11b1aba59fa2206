/** `mute`: no notifications during a maintenance window. Its changes are kept, and summarized by the first check after its end. */
import { newCheckId } from '../../lambda/adapters/system';
import { LONGEST_MUTE_SECONDS, type MuteRequest } from '../../lambda/contract/requests/events';
import { type MuteReply, mute } from '../../lambda/core/notifications/mute';
import { holdsData } from '../../local/data/data-directory';
import { besideRuns } from '../../local/data/local-store';
import { type Command, DATA_DIR_FLAG, type Io, JSON_FLAG, PROJECT_FLAG, readDataDir } from '../input/command';
import type { Flags } from '../input/flags';
import { JsonLines } from '../output/json-lines';
import { readProject } from './wait';

export const muteCommand: Command = {
  name: 'mute',
  summary: 'hold notifications back during a maintenance window',
  flags: {
    ...PROJECT_FLAG,
    for: { value: 'D', about: 'length of the window from now on, at most 7d' },
    off: { about: 'end the window now: the next check sends what was held back' },
    ...DATA_DIR_FLAG,
    ...JSON_FLAG,
  },

  async run(flags: Flags, io: Io): Promise<number> {
    const project = readProject(flags);
    const forSeconds = readWindow(flags);
    const dataDir = readDataDir(flags);
    flags.settle();
    const reply =
      forSeconds === 0 && !holdsData(dataDir)
        ? { mutedUntil: null, pending: 0, seen: false }
        : await muteIn(dataDir, { projectId: project, forSeconds }, io);
    const { mutedUntil, pending } = reply;
    if (flags.has('json')) new JsonLines(io.stdout).print({ type: 'mute', project, mutedUntil, pending });
    else {
      const kept = pending === 0 ? '' : `; ${pending} notification${pending === 1 ? '' : 's'} pending`;
      const unseen =
        reply.seen || mutedUntil === null
          ? ''
          : `; warning: ${dataDir} has no observations of this project, check --project and --data-dir`;
      io.stdout(`${project} is ${mutedUntil === null ? 'not muted' : `muted until ${mutedUntil}`}${kept}${unseen}\n`);
    }
    return 0;
  },
};

function readWindow(flags: Flags): number {
  if (flags.has('for') === flags.has('off')) {
    flags.problems.push('give one of --for (how long, such as 2h) and --off');
    return 0;
  }
  return flags.seconds('for', { least: 1, most: LONGEST_MUTE_SECONDS }) ?? 0;
}

async function muteIn(dataDir: string, request: MuteRequest, io: Io): Promise<MuteReply & { readonly seen: boolean }> {
  return await besideRuns(dataDir, async ({ store }) => {
    const projectState = await store.readState(request.projectId);
    const reply = await mute(request, { store, clock: io.clock, newId: newCheckId });
    return { ...reply, seen: (projectState?.observedAt ?? 0) > 0 };
  });
}
