/** Latencies on the virtual clock, in milliseconds, the same for both pollers. */

export interface Latencies {
  /** One request to OMS and its answer. */
  readonly omsMs: number;
  /** One call of DynamoDB. */
  readonly dynamoDbMs: number;
  /** One message to SNS. */
  readonly snsMs: number;
  /** From one state of a machine to the next. */
  readonly transitionMs: number;
  /** Compute time of an invocation. */
  readonly computeMs: number;
}

export const USUAL: Latencies = { omsMs: 100, dynamoDbMs: 5, snsMs: 20, transitionMs: 50, computeMs: 10 };

/** For a stack on loopback, where calls take no virtual time. */
export const NONE: Latencies = { omsMs: 0, dynamoDbMs: 0, snsMs: 0, transitionMs: 0, computeMs: 0 };
