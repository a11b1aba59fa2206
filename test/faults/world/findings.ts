/** The invariants, judged on one project's ledger and on what is stored in the end. */

import type { Change } from '../../../lambda/core/model/change';
import type { ProjectState } from '../../../lambda/core/model/project-state';
import type { Ledger } from './ledger';
import { statusesOf } from './lives';
import type { World } from './world';

export interface Findings {
  /** Checks that returned, or whose look is in latest, and whose snapshot is not there. */
  readonly lostSnapshots: number;
  /** Versions left out or written twice. */
  readonly versionGaps: number;
  /** Changes stored and never told, and status changes between two versions that no change speaks of. */
  readonly lostChanges: number;
  /** Changes first told after a later one, and ids and sequences that do not belong together in every message. */
  readonly reordered: number;
  /** Messages beyond the first of a change. */
  readonly repeats: number;
  /** Everything that is broken, for a person. Empty: all is well. */
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
    ...(repeats > ledger.excuses ? [`${repeats} repeats, and only ${ledger.excuses} crashes and lost answers`] : []),
    ...((projectState?.pending.length ?? 0) > 0
      ? [`${projectState?.pending.length} changes still pending in the end`]
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
  const untold = [...stored.values()]
    .filter(({ id }) => !notified.has(id))
    .map(({ id, sequence, kind }) => `change ${id} (${kind}, number ${sequence}) was never told`);
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
    return said ? [] : [`no change speaks of ${from} to ${to} in version ${write.version}`];
  });
  return [...untold, ...unsaid];
}

function disorder({ notified }: Ledger): string[] {
  const sequences = new Map<string, string>();
  const found: string[] = [];
  let last = 0;
  for (const { attributes } of notified) {
    const { changeId = '', sequence = '' } = attributes;
    const known = sequences.get(changeId);
    if (known === sequence) continue;
    if (known !== undefined) found.push(`change ${changeId} was told as number ${known} and ${sequence}`);
    else if (Number(sequence) !== last + 1) found.push(`number ${sequence} was told after number ${last}`);
    sequences.set(changeId, sequence);
    last = Number(sequence);
  }
  return found;
}

/** The statuses told, in sequence, must be among those that OMS went through, in its order. */
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
    i === 0 || chain[i - 1]?.[1] === from ? [] : [`told to be ${chain[i - 1]?.[1]} and then to leave ${from}`],
  );
  const said = chain.length === 0 ? [] : [chain[0]?.[0], ...chain.map(([, to]) => to)];
  let at = 0;
  for (const status of statusesOf(scenario)) if (status === said[at]) at += 1;
  return at === said.length ? broken : [...broken, `told ${said.join(' > ')}, which OMS never went through`];
}

/** A look counts once. */
function twice(writes: readonly ProjectState[]): string[] {
  const ids = observationsOf(writes).map(({ writeId }) => writeId);
  return [...new Set(ids.filter((id, i) => ids.indexOf(id) !== i))].map(
    (id) => `the look of check ${id} was taken in twice`,
  );
}
