/** How long things take on the virtual clock, milliseconds. Both pollers are played with the same. */

export interface Latencies {
  /** One request to OMS and its answer. */
  readonly omsMs: number;
  /** One call of DynamoDB. */
  readonly dynamoDbMs: number;
  /** One message to SNS. */
  readonly snsMs: number;
  /** From one state of a machine to the next. */
  readonly transitionMs: number;
  /** What an invocation computes, beside its calls. */
  readonly computeMs: number;
}

export const USUAL: Latencies = { omsMs: 100, dynamoDbMs: 5, snsMs: 20, transitionMs: 50, computeMs: 10 };

/** As a stack on loopback, where time stands still for every call. */
export const NONE: Latencies = { omsMs: 0, dynamoDbMs: 0, snsMs: 0, transitionMs: 0, computeMs: 0 };
