/** The seats of waits near their ends, one item each: `#SEATS`, `SEAT#<n>`. Taken and released by conditional writes. */
import { ConditionalCheckFailedException, type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { Clock, Log, Seat, Seats } from '../../core/ports';
import { itemOf } from './item';

/** A new account has a concurrency of 10 for all of its functions. */
export const SEATS = 6;
/** Free seats are found soon where there are some; where there are none, each try costs a write. */
const TRIES = 3;

export interface DynamoDbSeatsOptions {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly newId: () => string;
  /** For how long a seat is taken at most: as long as an invocation lasts. */
  readonly heldMs: number;
}

export class DynamoDbSeats implements Seats {
  private readonly options: DynamoDbSeatsOptions;

  constructor(options: DynamoDbSeatsOptions) {
    this.options = options;
  }

  async take(): Promise<Seat | null> {
    const { clock, heldMs, newId } = this.options;
    const owner = newId();
    const first = Math.floor(Math.random() * SEATS);
    for (let i = 0; i < TRIES; i += 1) {
      const seat = (first + i) % SEATS;
      const now = clock.now();
      // Held for longer than any seat can be: by a clock that was ahead.
      const isFree = 'attribute_not_exists(pk) OR #until <= :now OR #until > :latest';
      const moments = { ':now': now, ':latest': now + 2 * heldMs };
      if (await this.put(seat, { owner, until: now + heldMs }, isFree, { '#until': 'until' }, moments))
        return { release: () => this.release(seat, owner) };
    }
    return null;
  }

  private async release(seat: number, owner: string): Promise<void> {
    await this.put(seat, { owner, until: 0 }, '#owner = :owner', { '#owner': 'owner' }, { ':owner': owner });
  }

  /** False where the condition does not hold, and where the table does not answer: a seat is only a convenience. */
  private async put(
    seat: number,
    fields: object,
    condition: string,
    names: Record<string, string>,
    values: object,
  ): Promise<boolean> {
    const { client, tableName, log } = this.options;
    try {
      await client.send(
        new PutItemCommand({
          TableName: tableName,
          Item: itemOf({ pk: '#SEATS', sk: `SEAT#${seat}`, ...fields }),
          ConditionExpression: condition,
          ExpressionAttributeNames: names,
          ExpressionAttributeValues: itemOf(values),
        }),
      );
      return true;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException))
        log.warn('no-seat', { problem: error instanceof Error ? error.message : String(error) });
      return false;
    }
  }
}
