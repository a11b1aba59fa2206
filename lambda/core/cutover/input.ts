/** Reads what the pipeline, or EventBridge, asks the bookkeeping to do: unknown to typed. */

import {
  CUTOVER_OUTCOMES,
  type CutoverBookkeeping,
  type CutoverCommand,
  type CutoverOptions,
  type CutoverPoll,
  GATES,
  STEPS,
} from '../../contract/cutover';
import { InvalidInput } from '../model/errors';
import { recordOf, show } from '../model/fields';
import type { ExecutionEnd } from './closing';

/** A poll as it comes: its wait is read by the wait itself, which reports what is wrong with it in a verdict. */
export type PollCommand = Omit<CutoverPoll, 'wait'> & { readonly wait: unknown };

type Action = CutoverCommand['action'];

const ACTIONS: Readonly<Record<Action, readonly string[]>> = {
  poll: ['writes', 'wait'],
  begin: ['state', 'settings'],
  recordGate: ['state', 'gate', 'result'],
  voidApproval: ['state', 'error'],
  requestApproval: ['state', 'result'],
  checkApproval: ['state'],
  beginStep: ['state', 'step'],
  recordFence: ['state', 'output', 'path'],
  close: ['state', 'outcome', 'failed', 'error', 'repairError'],
};
const WORDS: Readonly<Record<string, readonly string[]>> = {
  writes: ['GO_ON', 'STOPPED'],
  gate: GATES,
  step: STEPS,
  outcome: CUTOVER_OUTCOMES,
};
const SWITCHES: readonly (keyof CutoverOptions)[] = ['rehearse', 'verification', 'verify', 'rollback'];

/** @throws InvalidInput for what no pipeline of ours sends. */
export function readCutoverCommand(value: unknown): CutoverBookkeeping | PollCommand {
  const order = recordOf(value);
  const actions = Object.keys(ACTIONS) as Action[];
  const action = actions.find((known) => known === order?.action);
  if (order === null || action === undefined)
    throw new InvalidInput([`cutover.action must be one of ${actions.join(', ')}, got ${show(order?.action)}`]);
  const known = ACTIONS[action];
  const problems = Object.keys(order)
    .filter((name) => name !== 'action' && !known.includes(name))
    .map((name) => `cutover has no field ${show(name)} for ${action}; it has ${known.join(', ')}`);
  for (const name of known) {
    const words = WORDS[name];
    if (words !== undefined && !words.some((word) => word === order[name]))
      problems.push(`cutover.${name} must be one of ${words.join(', ')}, got ${show(order[name])}`);
  }
  if (action !== 'poll') problems.push(...problemsOfState(order.state, action));
  if (action === 'begin') problems.push(...problemsOfSettings(order.settings));
  if (problems.length > 0) throw new InvalidInput(problems);
  // The rest is made by the definition that deploys with this code; the tests hold the two together.
  return order as unknown as CutoverBookkeeping;
}

function problemsOfState(value: unknown, action: Action): string[] {
  const state = recordOf(value) ?? {};
  // The project of a cutover that begins is still to be read from its execution's input.
  const needed = action === 'begin' ? ['run'] : ['projectId', 'run'];
  const problems = needed
    .filter((name) => typeof state[name] !== 'string' || state[name] === '')
    .map((name) => `cutover.state.${name} must be a text`);
  if (typeof state.rehearse !== 'boolean')
    problems.push(`cutover.state.rehearse must be true or false, got ${show(state.rehearse)}`);
  return problems;
}

function problemsOfSettings(value: unknown): string[] {
  const settings = recordOf(value);
  if (settings === null) return [`cutover.settings must be an object, got ${show(value)}`];
  return SWITCHES.filter((name) => !['boolean', 'undefined'].includes(typeof settings[name])).map(
    (name) => `cutover.settings.${name} must be true or false, got ${show(settings[name])}`,
  );
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
