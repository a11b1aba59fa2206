/** Loads the interpreter of the Amazon States Language. `require` of its CommonJS build works in a bundle, under tsx and in jest. */

/** One of its log. */
export interface InterpreterEvent {
  readonly type: string;
  readonly state?: { readonly name: string; readonly input?: unknown; readonly output?: unknown };
}

export interface Interpreter {
  run(
    input: unknown,
    options: {
      readonly overrides: {
        readonly taskResourceLocalHandlers: Readonly<Record<string, (input: unknown) => Promise<unknown>>>;
      };
      readonly context: unknown;
    },
  ): { readonly result: Promise<unknown>; readonly eventLogs: AsyncIterable<InterpreterEvent>; abort(): void };
}

type InterpreterClass = new (
  definition: unknown,
  options: { validationOptions: { noValidate: boolean } },
) => Interpreter;

let loaded: InterpreterClass | undefined;

/** One interpreter for each run, because the definition is rewritten to count that run's events. */
export function interpret(definition: unknown): Interpreter {
  loaded ??= load();
  // The definition has been checked before; its rewritten form would not pass.
  return new loaded(definition, { validationOptions: { noValidate: true } });
}

function load(): InterpreterClass {
  // Missing before Node 22; without it every task of the interpreter fails.
  const promises = Promise as unknown as { withResolvers?: () => PromiseParts };
  promises.withResolvers ??= () => {
    const parts: Partial<PromiseParts> = {};
    const promise = new Promise((resolve, reject) => Object.assign(parts, { resolve, reject }));
    return { ...(parts as PromiseParts), promise };
  };
  return (require('aws-local-stepfunctions') as { StateMachine: InterpreterClass }).StateMachine;
}

interface PromiseParts {
  promise: Promise<unknown>;
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
}
