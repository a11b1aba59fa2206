/** The client of AWS Lambda, a bundle of its own: only a fleet that is too large for one invocation needs it. */
export { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
