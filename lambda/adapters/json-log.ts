/** One JSON object a line on standard output, which Lambda hands to CloudWatch Logs. */
import type { Log } from '../core/ports';

export class JsonLog implements Log {
  private readonly write: (line: string) => void;

  constructor(write: (line: string) => void = (line) => process.stdout.write(`${line}\n`)) {
    this.write = write;
  }

  info(event: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.write(JSON.stringify({ level: 'INFO', event, ...fields }));
  }

  warn(event: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.write(JSON.stringify({ level: 'WARN', event, ...fields }));
  }
}
