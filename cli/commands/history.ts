/** `history`: the stored observations, the changes that they caused, and the pending notifications. */
import { existsSync } from 'node:fs';
import { DEFAULT_WAIT_SETTINGS } from '../../lambda/contract/defaults';
import { iso } from '../../lambda/contract/values/duration';
import { derive } from '../../lambda/core/check/derive';
import type { Change } from '../../lambda/core/model/change';
import { countedUntil, type ProjectState } from '../../lambda/core/model/project-state';
import { observationIn, type Snapshot } from '../../lambda/core/model/snapshot';
import { isMuted } from '../../lambda/core/notifications/mute';
import { notificationOf } from '../../lambda/core/notifications/notification';
import { latestPollBy } from '../../lambda/core/observe/series';
import type { Store } from '../../lambda/core/ports';
import { holdsData } from '../../local/data/data-directory';
import { besideRuns } from '../../local/data/local-store';
import {
  type Command,
  DATA_DIR_FLAG,
  type Io,
  JSON_FLAG,
  PROJECT_FLAG,
  readDataDir,
  terminalOf,
} from '../input/command';
import type { Flags } from '../input/flags';
import { JsonLines } from '../output/json-lines';
import { readProject } from './wait';

export const historyCommand: Command = {
  name: 'history',
  summary: 'show the stored observations of a migration',
  flags: {
    ...PROJECT_FLAG,
    last: { value: 'N', about: 'only the last N observations (default all)' },
    ...DATA_DIR_FLAG,
    ...JSON_FLAG,
  },

  async run(flags: Flags, io: Io): Promise<number> {
    const project = readProject(flags);
    const last = flags.count('last', 1, 1_000_000);
    const dataDir = readDataDir(flags);
    flags.settle();
    const json = flags.has('json') ? new JsonLines(io.stdout) : null;
    const printer = json ?? terminalOf(io);
    if (!holdsData(dataDir)) {
      printer.note(
        existsSync(dataDir)
          ? `${dataDir} has no observations of ${project}`
          : `nothing is stored yet: the folder ${dataDir} does not exist`,
      );
      return 0;
    }
    // Read completely before anything is printed: a pager may hold the output for long, and a wait may need the folder meanwhile.
    const { projectState, polls } = await besideRuns(dataDir, async ({ store }) => ({
      projectState: await store.readState(project),
      polls: await (json === null ? withChanges : alone)(store, project, last),
    }));
    const pending = new Set(projectState?.pending.map(({ id }) => id));
    for (const { snapshot, changes } of polls)
      printer.snapshot(
        snapshot,
        changes.map((change) => ({ change, notified: !pending.has(change.id) })),
      );
    printer.note(
      polls.length === 0
        ? `${dataDir} has no observations of ${project}`
        : `${polls.length} observation${polls.length === 1 ? '' : 's'} of ${project}`,
    );
    if (projectState?.mutedUntil !== undefined && isMuted(projectState, io.clock.now()))
      printer.note(`muted until ${iso(projectState.mutedUntil)}`);
    for (const change of projectState?.pending ?? []) {
      const { subject } = notificationOf(change);
      json?.print({ type: 'pending', changeId: change.id, sequence: change.sequence, change: change.kind, subject });
      printer.note(`notification pending: ${subject}`);
    }
    return 0;
  },
};

interface PastPoll {
  readonly snapshot: Snapshot;
  /** What it caused; empty for JSON. */
  readonly changes: readonly Change[];
}

/** The last N, oldest first. */
async function alone(store: Store, project: string, last: number | undefined): Promise<readonly PastPoll[]> {
  const range = last === undefined ? {} : { newestFirst: true, limit: last };
  const found: PastPoll[] = [];
  for await (const snapshot of store.snapshots(project, range)) found.push({ snapshot, changes: [] });
  return last === undefined ? found : found.reverse();
}

/** The same with their changes, which depend on all observations before: a state may be older than the last N. */
async function withChanges(store: Store, project: string, last: number | undefined): Promise<readonly PastPoll[]> {
  const past = new PastChanges();
  const found: PastPoll[] = [];
  for await (const snapshot of store.snapshots(project)) {
    if (found.push({ snapshot, changes: past.causedBy(snapshot) }) > (last ?? Number.POSITIVE_INFINITY)) found.shift();
  }
  return found;
}

/**
 * The changes that stored observations caused. Observations are kept and notified changes are not, so the same function decides again on the
 * same observations. Changes that depend on a wait's goal are left out.
 */
class PastChanges {
  private projectState: ProjectState | undefined;

  /** Of the next observation. They are given oldest first, starting with the first. The ids are those of the notifications. */
  causedBy(snapshot: Snapshot): readonly Change[] {
    const observation = observationIn(snapshot);
    // It overlapped another poll and changed nothing.
    if (this.projectState !== undefined && observation.requestedAt < countedUntil(this.projectState)) return [];
    const { projectState } = derive(this.projectState, observation, {
      project: snapshot.project,
      checkId: snapshot.checkId,
      looker: snapshot.looker,
      waitId: null,
      question: {
        goal: { type: 'FINISHED' },
        settings: DEFAULT_WAIT_SETTINGS,
        firstPoll: this.projectState === undefined,
        deadlineAt: null,
      },
      scheduleIntervalSeconds: null,
    });
    const nextPollBy =
      snapshot.waitSeconds === 0
        ? (this.projectState?.nextPollBy ?? 0)
        : latestPollBy(observation.answeredAt, snapshot.waitSeconds);
    this.projectState = { ...projectState, nextPollBy, pending: [] };
    return projectState.pending;
  }
}
