/** Reads what the pipeline, or EventBridge, asks the bookkeeping to do: unknown to typed. */

import type { CutoverCommand } from '../../contract/cutover';
import { InvalidInput } from '../model/errors';
import { recordOf, show } from '../model/fields';
import type { ExecutionEnd } from './closing';

const ACTIONS: readonly CutoverCommand['action'][] = [
  'look',
  'begin',
  'gate',
  'void',
  'ask',
  'decided',
  'step',
  'fence',
  'close',
];

/** @throws InvalidInput for what no pipeline of ours sends. */
export function readCutoverCommand(value: unknown): CutoverCommand {
  const order = recordOf(value);
  const action = ACTIONS.find((known) => known === order?.action);
  if (order === null || action === undefined)
    throw new InvalidInput([`cutover.action must be one of ${ACTIONS.join(', ')}, got ${show(order?.action)}`]);
  // A wait is read by the wait itself, which says what is wrong with it in a verdict.
  if (action === 'look') {
    const { writes, wait } = order;
    if (writes !== 'STOPPED' && writes !== 'GO_ON')
      throw new InvalidInput([`cutover.writes must be STOPPED or GO_ON, got ${show(writes)}`]);
    return { action, wait, writes };
  }
  const state = recordOf(order.state);
  // The project of a cutover that begins is still to be read from its execution's input.
  const needed = action === 'begin' ? ['run'] : ['projectId', 'run'];
  const texts = needed.filter((name) => typeof state?.[name] !== 'string' || state[name] === '');
  if (texts.length > 0) throw new InvalidInput(texts.map((name) => `cutover.state.${name} must be a text`));
  // The rest is made by the definition that deploys with this code; the tests hold the two together.
  return order as unknown as CutoverCommand;
}

const EXECUTION_ENDED = 'Step Functions Execution Status Change';

/** An event of EventBridge on the end of an execution, as it comes; null for anything else. */
export function readExecutionEnd(event: Record<string, unknown>): ExecutionEnd | null {
  const detail = recordOf(event.detail);
  if (event['detail-type'] !== EXECUTION_ENDED || detail === null) return null;
  const text = (name: string) => (typeof detail[name] === 'string' ? (detail[name] as string) : undefined);
  const [error, cause, execution] = [text('error'), text('cause'), text('executionArn')];
  return {
    run: text('name') ?? '',
    status: text('status') ?? '',
    ...(execution === undefined ? {} : { execution }),
    ...(error === undefined ? {} : { error }),
    ...(cause === undefined ? {} : { cause }),
  };
}
