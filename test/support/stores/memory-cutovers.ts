/** The memory of cutovers in memory: held to the same contract tests as the real one. */
import type {
  CurrentCutover,
  CutoverRecord,
  CutoverStore,
  Decision,
  OpenRun,
  Put,
  RunOwner,
} from '../../../lambda/core/cutover/record';

export class MemoryCutovers implements CutoverStore {
  readonly current = new Map<string, CurrentCutover>();
  readonly records = new Map<string, CutoverRecord>();
  readonly runs = new Map<string, RunOwner>();
  readonly open = new Map<string, OpenRun>();
  readonly decisions = new Map<string, Decision>();

  async readCurrentCutover(project: string): Promise<CurrentCutover | undefined> {
    return structuredClone(this.current.get(project));
  }

  async putCurrentCutover(current: CurrentCutover, expected: { readonly expectedVersion: number }): Promise<Put> {
    return put(this.current, current.project, current, expected.expectedVersion);
  }

  async readCutover(project: string, run: string): Promise<CutoverRecord | undefined> {
    return structuredClone(this.records.get(`${project} ${run}`));
  }

  async putCutover(record: CutoverRecord, expected: { readonly expectedVersion: number }): Promise<Put> {
    return put(this.records, `${record.project} ${record.run}`, record, expected.expectedVersion);
  }

  async readRunOwner(run: string): Promise<RunOwner | undefined> {
    return structuredClone(this.runs.get(run));
  }

  async putRunOwner(run: string, owner: RunOwner): Promise<Put> {
    if (this.runs.has(run)) return 'conflict';
    this.runs.set(run, structuredClone(owner));
    return 'stored';
  }

  async openRuns(): Promise<readonly OpenRun[]> {
    return [...this.open.values()].filter(({ closedAt }) => closedAt === undefined);
  }

  async putOpenRun(run: OpenRun): Promise<void> {
    this.open.set(run.run, structuredClone(run));
  }

  async readDecision(project: string, run: string, question: number): Promise<Decision | undefined> {
    return structuredClone(this.decisions.get(`${project} ${run} ${question}`));
  }

  async putDecision(project: string, decision: Decision): Promise<Put> {
    const key = `${project} ${decision.run} ${decision.question}`;
    if (this.decisions.has(key)) return 'conflict';
    this.decisions.set(key, structuredClone(decision));
    return 'stored';
  }
}

function put<T extends { readonly version: number }>(
  items: Map<string, T>,
  key: string,
  item: T,
  expected: number,
): Put {
  if ((items.get(key)?.version ?? 0) !== expected) return 'conflict';
  items.set(key, structuredClone(item));
  return 'stored';
}
