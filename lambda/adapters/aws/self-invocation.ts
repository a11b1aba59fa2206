/** Starts further invocations of this function. Lambda accepts an asynchronous event into a queue and delivers it at least once, also under throttling. */
import type { LambdaClientConfig } from '@aws-sdk/client-lambda';
import type { FleetEvent } from '../../contract/fleet';
import { CheckFailed } from '../../core/model/errors';

export function selfInvocation(functionName: string | undefined, config: LambdaClientConfig) {
  return async (event: FleetEvent): Promise<void> => {
    if (functionName === undefined) throw new CheckFailed('only a deployed function can start another invocation');
    const { InvokeCommand, LambdaClient }: typeof import('./lambda-client') = require('./lambda-client');
    const client = new LambdaClient(config);
    try {
      await client.send(
        new InvokeCommand({
          FunctionName: functionName,
          InvocationType: 'Event',
          Payload: Buffer.from(JSON.stringify(event)),
        }),
      );
    } catch (error) {
      const cause = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      throw new CheckFailed(`could not start another invocation of ${functionName}: ${cause}`, error);
    } finally {
      client.destroy();
    }
  };
}
