/** One JSON object a line on standard output, which Lambda sends to CloudWatch Logs, with the time, the level and the trace id. */
import { LogFormatter, Logger, LogItem } from '@aws-lambda-powertools/logger';
import type { LogAttributes, UnformattedAttributes } from '@aws-lambda-powertools/logger/types';
import type { Log } from '../../core/ports';

type Fields = Readonly<Record<string, unknown>>;

export class PowertoolsLog implements Log {
  private readonly logger: Logger;

  constructor(monitorName: string) {
    this.logger = new Logger({ serviceName: monitorName, logFormatter: new EventLine() });
  }

  info(event: string, fields: Fields = {}): void {
    this.logger.info(event, { ...fields });
  }

  warn(event: string, fields: Fields = {}): void {
    this.logger.warn(event, { ...fields });
  }
}

/** A line is an event with fields, not a message with context. */
class EventLine extends LogFormatter {
  override formatAttributes(attributes: UnformattedAttributes, fields: LogAttributes): LogItem {
    const { logLevel, timestamp, serviceName, message, xRayTraceId } = attributes;
    return new WithNulls({
      attributes: {
        level: logLevel,
        event: message,
        timestamp: this.formatTimestamp(timestamp),
        service: serviceName,
        xray_trace_id: xRayTraceId,
        ...fields,
      },
    });
  }
}

/** Powertools drops nulls. Here they mean "unknown", and a program that reads the lines finds every field in every line. */
class WithNulls extends LogItem {
  override removeEmptyKeys(attributes: LogAttributes): LogAttributes {
    return attributes;
  }
}
