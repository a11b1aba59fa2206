/** Loads the interpreter of the Amazon States Language. By `require` in its CommonJS build: that works in a bundle, under tsx and in jest. */

export interface Interpreter {
  run(
    input: unknown,
    options: {
      readonly overrides: {
        readonly taskResourceLocalHandlers: Readonly<Record<string, (input: unknown) => Promise<unknown>>>;
      };
      readonly context: unknown;
    },
  ): { readonly result: Promise<unknown>; readonly eventLogs: AsyncIterable<unknown>; abort(): void };
}

type InterpreterClass = new (
  definition: unknown,
  options: { validationOptions: { noValidate: boolean } },
) => Interpreter;

let loaded: InterpreterClass | undefined;

/** A second run of the same definition needs a second interpreter: our own counts are woven into it. */
export function interpret(definition: unknown): Interpreter {
  loaded ??= load();
  // The definition was checked when it was taken in; its rewritten form is not meant for a validator.
  return new loaded(definition, { validationOptions: { noValidate: true } });
}

function load(): InterpreterClass {
  // Missing before Node 22, and without it every task of the interpreter fails.
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
