/** What a wait costs, in dollars, at the public prices of us-east-1 in 2026, free allowances left out. */

export interface Usage {
  /** States entered and tasks tried again, over all executions. */
  readonly transitions: number;
  readonly invocations: number;
  readonly billedMs: number;
  readonly dynamoDbReadUnits: number;
  readonly dynamoDbWriteUnits: number;
  readonly messages: number;
}

/** Of the function. */
const MEMORY_GB = 256 / 1024;

const PRICES = {
  /** Step Functions Standard: $0.025 per thousand. */
  transition: 0.025 / 1_000,
  invocation: 0.2 / 1_000_000,
  /** Lambda on arm64. */
  gigabyteSecond: 0.0000133334,
  /** DynamoDB on demand. */
  writeUnit: 0.625 / 1_000_000,
  readUnit: 0.125 / 1_000_000,
  /** SNS by e-mail: $2 per hundred thousand. */
  message: 2 / 100_000,
} as const;

export function dollars(usage: Usage): number {
  return (
    usage.transitions * PRICES.transition +
    usage.invocations * PRICES.invocation +
    (usage.billedMs / 1_000) * MEMORY_GB * PRICES.gigabyteSecond +
    usage.dynamoDbWriteUnits * PRICES.writeUnit +
    usage.dynamoDbReadUnits * PRICES.readUnit +
    usage.messages * PRICES.message
  );
}
