/** A Lambda function on a laptop: the very bundle that deploys, loaded into this process, with its settings and a clock. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { CheckFailed } from '../../lambda/core/model/errors';
import type { Clock, Log } from '../../lambda/core/ports';
import type { StackFunction } from '../cloudformation/template';
import { LOCAL_REGION } from './sandbox';

/** What comes into a function from outside, where AWS would set it. */
export interface FunctionSurroundings {
  /** Beside, and before, the function's own settings. */
  readonly env: Readonly<Record<string, string>>;
  readonly clock: Clock;
  /** Absent: where the handler logs by itself, which is the standard output. */
  readonly log?: Log;
}

/** What a bundle has to export beside its handler. */
interface Bundle {
  createHandler?: (surroundings: FunctionSurroundings) => Handler;
}

type Handler = (event: unknown, context: object) => Promise<unknown>;

export interface LocalFunction {
  readonly arn: string;
  readonly name: string;
  /** Throws what the handler throws, and `Sandbox.Timedout` where it took longer than the function may. */
  invoke(event: unknown): Promise<unknown>;
}

/** Enter the sandbox first: a bundle's clients may read the environment as soon as they are made. */
export function loadFunction(definition: StackFunction, surroundings: FunctionSurroundings): LocalFunction {
  const { clock } = surroundings;
  const handler = createHandler(definition, surroundings);
  return {
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
}

function createHandler(definition: StackFunction, surroundings: FunctionSurroundings): Handler {
  const file = join(definition.codeDirectory, `${definition.handler.replace(/\.[^.]*$/, '')}.js`);
  let bundle: Bundle;
  try {
    bundle = require(file) as Bundle;
  } catch (error) {
    throw new CheckFailed(`the handler ${file} cannot be loaded (${(error as Error).message})`, error);
  }
  if (!bundle.createHandler)
    throw new CheckFailed(`the handler ${file} exports no createHandler, and so cannot be given a clock`);
  return bundle.createHandler({ ...surroundings, env: { ...definition.environment, ...surroundings.env } });
}

/** As Lambda's own. */
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
