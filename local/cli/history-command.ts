/** `history`: what was seen, and what is not told yet. */
import { existsSync } from 'node:fs';
import { iso } from '../../lambda/core/duration';
import { notificationOf } from '../../lambda/core/message';
import { isMuted } from '../../lambda/core/mute';
import { holdsData } from '../data-directory';
import { openLocalStore } from '../local-store';
import { type Command, DATA_DIR_FLAG, type Io, JSON_FLAG, PROJECT_FLAG, readDataDir } from './command';
import type { Flags } from './flags';
import { JsonLines } from './json-lines';
import { Terminal } from './terminal';
import { readProject } from './wait-command';

export const historyCommand: Command = {
  name: 'history',
  summary: 'show what was seen of a migration',
  flags: {
    ...PROJECT_FLAG,
    last: { value: 'N', about: 'only the last N looks (default all)' },
    ...DATA_DIR_FLAG,
    ...JSON_FLAG,
  },

  async run(flags: Flags, io: Io): Promise<number> {
    const project = readProject(flags);
    const last = flags.count('last', 1, 1_000_000);
    const dataDir = readDataDir(flags);
    flags.settle();
    const json = flags.has('json') ? new JsonLines(io.stdout) : null;
    const printer = json ?? new Terminal(io.stdout, io.colour);
    if (!holdsData(dataDir)) {
      printer.note(
        existsSync(dataDir)
          ? `no look at ${project} is stored in ${dataDir}`
          : `nothing is stored yet: there is no folder ${dataDir}`,
      );
      return 0;
    }
    const data = await openLocalStore(dataDir);
    try {
      let looks = 0;
      for await (const snapshot of newest(data.store, project, last)) {
        printer.snapshot(snapshot);
        looks += 1;
      }
      const latest = await data.store.readLatest(project);
      printer.note(
        looks === 0
          ? `no look at ${project} is stored in ${dataDir}`
          : `${looks} look${looks === 1 ? '' : 's'} at ${project}`,
      );
      if (latest?.mutedUntil !== undefined && isMuted(latest, io.clock.now()))
        printer.note(`muted until ${iso(latest.mutedUntil)}`);
      for (const change of latest?.pending ?? []) {
        const { subject } = notificationOf(change);
        json?.print({ type: 'pending', changeId: change.id, sequence: change.sequence, change: change.kind, subject });
        printer.note(`not told yet: ${subject}`);
      }
      return 0;
    } finally {
      await data.close();
    }
  },
};

/** Oldest first; of the last N only those. */
async function* newest(
  store: Awaited<ReturnType<typeof openLocalStore>>['store'],
  project: string,
  last: number | undefined,
) {
  if (last === undefined) {
    yield* store.snapshots(project);
    return;
  }
  const found = [];
  for await (const snapshot of store.snapshots(project, { newestFirst: true, limit: last })) found.push(snapshot);
  yield* found.reverse();
}
