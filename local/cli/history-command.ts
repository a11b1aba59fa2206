/** `history`: what was seen, and what is not told yet. */
import { existsSync } from 'node:fs';
import { iso } from '../../lambda/core/duration';
import type { Store } from '../../lambda/core/ports';
import type { Snapshot } from '../../lambda/core/snapshot';
import type { Change } from '../../lambda/core/telling/change';
import { notificationOf } from '../../lambda/core/telling/message';
import { isMuted } from '../../lambda/core/telling/mute';
import { holdsData } from '../data-directory';
import { openLocalStoreBeside } from '../local-store';
import { type Command, DATA_DIR_FLAG, type Io, JSON_FLAG, PROJECT_FLAG, readDataDir } from './command';
import type { Flags } from './flags';
import { JsonLines } from './json-lines';
import { PastChanges } from './past-changes';
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
    const data = await openLocalStoreBeside(dataDir);
    try {
      const latest = await data.store.readLatest(project);
      const untold = new Set(latest?.pending.map(({ id }) => id));
      let looks = 0;
      for await (const { snapshot, changes } of json === null
        ? withChanges(data.store, project, last)
        : alone(data.store, project, last)) {
        const brought = changes.map((change) => ({ change, told: !untold.has(change.id) }));
        printer.snapshot(snapshot, brought);
        looks += 1;
      }
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

interface PastLook {
  readonly snapshot: Snapshot;
  /** What it brought; none where nobody asks. */
  readonly changes: readonly Change[];
}

/** Oldest first; of the last N only those. */
async function* alone(store: Store, project: string, last: number | undefined): AsyncGenerator<PastLook> {
  const order = last === undefined ? {} : { newestFirst: true, limit: last };
  const found: PastLook[] = [];
  for await (const snapshot of store.snapshots(project, order)) {
    if (last === undefined) yield { snapshot, changes: [] };
    else found.push({ snapshot, changes: [] });
  }
  yield* found.reverse();
}

/** The same with the changes, which need all that came before: how long a state had lasted may be older than the last N looks. */
async function* withChanges(store: Store, project: string, last: number | undefined): AsyncGenerator<PastLook> {
  const past = new PastChanges();
  const found: PastLook[] = [];
  for await (const snapshot of store.snapshots(project)) {
    const look = { snapshot, changes: past.broughtBy(snapshot) };
    if (last === undefined) yield look;
    else if (found.push(look) > last) found.shift();
  }
  yield* found;
}
