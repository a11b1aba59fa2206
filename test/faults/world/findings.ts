/** The invariants, checked on the ledger of one project and on what is stored at the end. */

import type { Change } from '../../../lambda/core/model/change';
import type { ProjectState } from '../../../lambda/core/model/project-state';
import type { Ledger } from './ledger';
import { statusesOf } from './timelines';
import type { World } from './world';

export interface Findings {
  /** Checks that returned, or whose poll is in the project state, without a snapshot. */
  readonly lostSnapshots: number;
  /** Versions that are missing or were written twice. */
  readonly versionGaps: number;
  /** Stored changes without a notification, and changes of status between two versions without a change. */
  readonly lostChanges: number;
  /** Changes first notified after a later one, and ids whose sequence differs between messages. */
  readonly reordered: number;
  /** Messages beyond the first of a change. */
  readonly repeats: number;
  /** Messages about all violations. */
  readonly broken: readonly string[];
}

export async function findingsOf(world: World, project: string): Promise<Findings> {
  const ledger = world.ledger(project);
  const writes = [...ledger.writes].sort((a, b) => a.version - b.version);
  const projectState = await world.bare.readState(project);
  const missing = await missingSnapshots(world, ledger);
  const gaps = versionGaps(writes, projectState);
  const lost = lostChanges(writes, ledger);
  const reordered = disorder(ledger);
  const ids = new Set(ledger.notified.map(({ attributes }) => attributes.changeId));
  const repeats = ledger.notified.length - ids.size;
  const wrong = [
    ...missing.map((check) => `no snapshot of check ${check}`),
    ...gaps,
    ...lost,
    ...reordered,
    ...(repeats > ledger.allowedRepeats
      ? [`${repeats} repeats, more than the ${ledger.allowedRepeats} crashes and lost replies`]
      : []),
    ...((projectState?.pending.length ?? 0) > 0
      ? [`${projectState?.pending.length} changes still pending at the end`]
      : []),
    ...neverHappened(world, ledger),
    ...twice(writes),
    ...ledger.bugs,
  ];
  return {
    lostSnapshots: missing.length,
    versionGaps: gaps.length,
    lostChanges: lost.length,
    reordered: reordered.length,
    repeats,
    broken: wrong.map((text) => `${project}: ${text}`),
  };
}

const observationsOf = (writes: readonly ProjectState[]) =>
  writes.filter(({ writeId }) => !writeId.endsWith('/delivered'));

async function missingSnapshots(world: World, ledger: Ledger): Promise<string[]> {
  const kept = new Set<string>();
  const keptChecks = new Set<string>();
  for await (const { observedAt, checkId } of world.bare.snapshots(ledger.project)) {
    kept.add(`${observedAt} ${checkId}`);
    keptChecks.add(checkId);
  }
  const returned = ledger.results.filter(({ observedAt, checkId }) => !kept.has(`${observedAt} ${checkId}`));
  const stored = observationsOf(ledger.writes).filter(({ writeId }) => !keptChecks.has(writeId));
  return [...new Set([...returned.map(({ checkId }) => checkId), ...stored.map(({ writeId }) => writeId)])];
}

function versionGaps(writes: readonly ProjectState[], projectState: ProjectState | undefined): string[] {
  const found = writes.flatMap(({ version }, i) =>
    version === (writes[i - 1]?.version ?? 0) + 1 ? [] : [`version ${version} after ${writes[i - 1]?.version ?? 0}`],
  );
  const last = writes.at(-1)?.version ?? 0;
  return (projectState?.version ?? 0) === last
    ? found
    : [...found, `version ${projectState?.version} stored, ${last} written`];
}

function lostChanges(writes: readonly ProjectState[], ledger: Ledger): string[] {
  const notified = new Set(ledger.notified.map(({ attributes }) => attributes.changeId));
  const stored = new Map<string, Change>();
  for (const { pending } of writes) for (const change of pending) stored.set(change.id, change);
  const unnotified = [...stored.values()]
    .filter(({ id }) => !notified.has(id))
    .map(({ id, sequence, kind }) => `change ${id} (${kind}, sequence ${sequence}) was never notified`);
  const all = [...stored.values()];
  const unsaid = writes.flatMap((write, i) => {
    const [from, to] = [writes[i - 1]?.progress?.status, write.progress?.status];
    if (from === undefined || from === to) return [];
    const said = all.some(
      (change) =>
        change.id.startsWith(`${write.writeId}-`) &&
        change.kind === 'status' &&
        change.params.from === from &&
        change.params.to === to,
    );
    return said ? [] : [`no change from ${from} to ${to} in version ${write.version}`];
  });
  return [...unnotified, ...unsaid];
}

function disorder({ notified }: Ledger): string[] {
  const sequences = new Map<string, string>();
  const found: string[] = [];
  let last = 0;
  for (const { attributes } of notified) {
    const { changeId = '', sequence = '' } = attributes;
    const known = sequences.get(changeId);
    if (known === sequence) continue;
    if (known !== undefined) found.push(`change ${changeId} was notified with sequences ${known} and ${sequence}`);
    else if (Number(sequence) !== last + 1) found.push(`sequence ${sequence} was notified after ${last}`);
    sequences.set(changeId, sequence);
    last = Number(sequence);
  }
  return found;
}

/** The notified statuses, in sequence, must be a subsequence of those in OMS. */
function neverHappened(world: World, { project, notified }: Ledger): string[] {
  const scenario = world.scenarios[project];
  if (scenario === undefined) return [];
  const steps = new Map<number, readonly [string, string]>();
  for (const { attributes } of notified) {
    const { change, from, to, sequence } = attributes;
    if (change === 'status' && from !== undefined && to !== undefined) steps.set(Number(sequence), [from, to]);
  }
  const chain = [...steps.entries()].sort(([a], [b]) => a - b).map(([, step]) => step);
  const broken = chain.flatMap(([from], i) =>
    i === 0 || chain[i - 1]?.[1] === from ? [] : [`notified of ${chain[i - 1]?.[1]}, then of a change from ${from}`],
  );
  const said = chain.length === 0 ? [] : [chain[0]?.[0], ...chain.map(([, to]) => to)];
  let at = 0;
  for (const status of statusesOf(scenario)) if (status === said[at]) at += 1;
  return at === said.length ? broken : [...broken, `notified of ${said.join(' > ')}, which did not happen in OMS`];
}

/** A poll is in the project state only once. */
function twice(writes: readonly ProjectState[]): string[] {
  const ids = observationsOf(writes).map(({ writeId }) => writeId);
  return [...new Set(ids.filter((id, i) => ids.indexOf(id) !== i))].map(
    (id) => `the poll of check ${id} was stored twice`,
  );
}
