/** Output for programs: one JSON object a line and nothing else. Field names are a contract. */
import type { CheckResult } from '../../lambda/contract/check-result';
import type { Snapshot } from '../../lambda/core/model/snapshot';
import type { Notified, Printer, RunResult } from './printer';

export class JsonLines implements Printer {
  private readonly out: (text: string) => void;

  constructor(out: (text: string) => void) {
    this.out = out;
  }

  check(result: CheckResult): void {
    this.print({ type: 'check', ...result });
  }

  notification(notified: Notified): void {
    this.print({ type: 'notification', ...notified });
  }

  snapshot(snapshot: Snapshot): void {
    this.print({ type: 'snapshot', ...snapshot });
  }

  result(result: RunResult): void {
    this.print({ type: 'result', ...result });
  }

  note(): void {}

  /** A line of another type. */
  print(line: { readonly type: string } & Record<string, unknown>): void {
    this.out(`${JSON.stringify(line)}\n`);
  }
}
