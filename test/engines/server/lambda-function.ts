/** Runs a deployed function for an engine that cannot: one process per concurrent event, with the function's settings. */
import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';

export interface FunctionSettings {
  /** Path of the bundle. */
  readonly file: string;
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
}

/** The error that a state machine receives. */
export class FunctionError extends Error {
  constructor(errorType: string, errorMessage: string) {
    super(errorMessage);
    this.name = errorType;
  }
}

type Answer =
  | { readonly reply: unknown }
  | { readonly error: { readonly errorType: string; readonly errorMessage: string } };

/** Suppresses the advice of the AWS SDK on the Node version. */
export const QUIET = { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' };

export class LambdaFunction {
  private readonly settings: FunctionSettings;
  private readonly idle: ChildProcess[] = [];
  private readonly all = new Set<ChildProcess>();

  constructor(settings: FunctionSettings) {
    this.settings = settings;
  }

  async invoke(event: unknown): Promise<unknown> {
    const child = this.idle.pop() ?? this.start();
    const answer = await new Promise<Answer>((resolve, reject) => {
      const died = () => reject(new FunctionError('Runtime.ExitError', 'the process of the function ended'));
      child.once('exit', died);
      child.once('message', (message) => {
        child.off('exit', died);
        resolve(message as Answer);
      });
      child.send({ event, timeoutMs: this.settings.timeoutSeconds * 1_000 });
    });
    this.idle.push(child);
    if ('error' in answer) throw new FunctionError(answer.error.errorType, answer.error.errorMessage);
    return answer.reply;
  }

  stop(): void {
    for (const child of this.all) child.kill('SIGTERM');
  }

  private start(): ChildProcess {
    const { file, env } = this.settings;
    const child = fork(join(__dirname, 'function-process.js'), [file], {
      env: { PATH: process.env.PATH ?? '', ...env },
      execArgv: [],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.all.add(child);
    child.once('exit', () => this.all.delete(child));
    return child;
  }
}
