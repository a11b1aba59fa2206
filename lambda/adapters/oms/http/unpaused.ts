/**
 * Keeps undici from pausing its parser. When a peer closes the connection while the parser is paused because the body is not read
 * fast enough, undici 7 fails an assertion in a socket event, which nothing can catch: the process ends (nodejs/undici#5360, mended
 * in 8 only, which Node 20 cannot run). A body that is never paused waits in memory instead; `maxResponseSize` bounds it.
 */
import type { Dispatcher } from 'undici';

type Handler = Dispatcher.DispatchHandler;
type Controller = Dispatcher.DispatchController;

/** An interceptor for `Dispatcher.compose`. */
export function unpaused(dispatch: Dispatcher.Dispatch): Dispatcher.Dispatch {
  return (options, handler) => dispatch(options, new Unpaused(handler));
}

class Unpaused implements Handler {
  private readonly handler: Handler;

  constructor(handler: Handler) {
    this.handler = handler;
  }

  onRequestStart(controller: Controller, context: unknown): void {
    this.handler.onRequestStart?.(controller, context);
  }

  onRequestUpgrade(...args: Parameters<NonNullable<Handler['onRequestUpgrade']>>): void {
    this.handler.onRequestUpgrade?.(...args);
  }

  onResponseStart(...args: Parameters<NonNullable<Handler['onResponseStart']>>): void {
    this.handler.onResponseStart?.(...args);
    args[0].resume();
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    this.handler.onResponseData?.(controller, chunk);
    // Before the parser looks: it asks only after this returns.
    controller.resume();
  }

  onResponseEnd(...args: Parameters<NonNullable<Handler['onResponseEnd']>>): void {
    this.handler.onResponseEnd?.(...args);
  }

  onResponseError(controller: Controller, error: Error): void {
    this.handler.onResponseError?.(controller, error);
  }
}
