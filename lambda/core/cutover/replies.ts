/** The handler's answers to the pipeline, in short. */
import type { CutoverReply, CutoverState } from '../../contract/cutover';

export interface End {
  readonly code: string;
  readonly message: string;
}

export function go(state: CutoverState): CutoverReply {
  return { cutover: state, next: 'GO', waitSeconds: 0, end: { error: '', cause: '' } };
}

export function waitOn(state: CutoverState, waitSeconds: number): CutoverReply {
  return { ...go(state), next: 'WAIT', waitSeconds };
}

export function again(state: CutoverState): CutoverReply {
  return { ...go(state), next: 'AGAIN' };
}

export function end(state: CutoverState, { code, message }: End): CutoverReply {
  return { ...go(state), next: 'END', end: { error: code, cause: message } };
}
