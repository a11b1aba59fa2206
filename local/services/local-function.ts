/** A Lambda function run locally: the bundle that deploys, loaded into this process with its settings and a clock. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { HandlerOptions } from '../../lambda/check-handler';
import { ENV } from '../../lambda/contract/environment';
import { CheckFailed } from '../../lambda/core/model/errors';
import { LOCAL_REGION } from '../cloudformation/sandbox';
import type { StackFunction } from '../cloudformation/template';

/** What a bundle has to export beside its handler. */
interface Bundle {
  createHandler?: (options: HandlerOptions) => Handler;
}

type Handler = (event: unknown, context: object) => Promise<unknown>;

export interface LocalFunction {
  readonly arn: string;
  readonly name: string;
  /** @throws what the handler throws; `Sandbox.Timedout` past the function's timeout. */
  invoke(event: unknown): Promise<unknown>;
}

/** Enter the sandbox first: AWS clients read the environment when they are created. @param options its `env` overrides the function's own settings. */
export function loadFunction(definition: StackFunction, options: HandlerOptions): LocalFunction {
  const { clock } = options;
  const handler = createHandler(definition, {
    ...options,
    // One after the other, where AWS runs them side by side.
    start: async (event) => {
      await loaded.invoke(event);
    },
  });
  const loaded: LocalFunction = {
    arn: definition.arn,
    name: definition.name,
    async invoke(event) {
      const endsAt = clock.now() + definition.timeoutSeconds * 1_000;
      const result = await handler(
        event,
        context(definition, () => Math.max(0, endsAt - clock.now())),
      );
      if (clock.now() > endsAt) throw timedOut(definition.timeoutSeconds);
      return result;
    },
  };
  return loaded;
}

function createHandler(definition: StackFunction, options: HandlerOptions): Handler {
  const file = join(definition.codeDirectory, `${definition.handler.replace(/\.[^.]*$/, '')}.js`);
  let bundle: Bundle;
  try {
    bundle = require(file) as Bundle;
  } catch (error) {
    throw new CheckFailed(`the handler ${file} cannot be loaded (${(error as Error).message})`, error);
  }
  if (!bundle.createHandler)
    throw new CheckFailed(`the handler ${file} does not export createHandler, which is needed to give it a clock`);
  return bundle.createHandler({
    ...options,
    env: { [ENV.region]: LOCAL_REGION, ...definition.environment, ...options.env },
  });
}

/** The context object that Lambda passes. */
function context({ name, arn }: StackFunction, getRemainingTimeInMillis: () => number): object {
  return {
    functionName: name,
    functionVersion: '$LATEST',
    invokedFunctionArn: arn,
    memoryLimitInMB: '256',
    awsRequestId: randomUUID(),
    logGroupName: `/aws/lambda/${name}`,
    logStreamName: `local/${LOCAL_REGION}`,
    callbackWaitsForEmptyEventLoop: false,
    getRemainingTimeInMillis,
  };
}

function timedOut(seconds: number): Error {
  return Object.assign(new Error(`Task timed out after ${seconds.toFixed(2)} seconds`), { name: 'Sandbox.Timedout' });
}
