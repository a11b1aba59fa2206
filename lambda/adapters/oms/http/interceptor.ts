/**
 * Two things that undici does to a response before fetch shows it.
 *
 * It pauses its parser when a body is not read fast enough. Where the peer then closes the connection, undici 7 fails an assertion in a
 * socket event, which nothing can catch: the process ends (nodejs/undici#5360, fixed in version 8 only, which Node 20 cannot run). A body
 * that is never paused waits in memory instead; `maxResponseSize` bounds it.
 *
 * Its fetch turns a 407 into an error without a message.
 */
import type { Dispatcher } from 'undici';

type Handler = Dispatcher.DispatchHandler;
type Controller = Dispatcher.DispatchController;

/** For `Dispatcher.compose`. */
export function interceptor(dispatch: Dispatcher.Dispatch): Dispatcher.Dispatch {
  return (options, handler) => dispatch(options, new Intercepted(handler));
}

class ProxyAuthentication extends Error {
  readonly code = 'PROXY_AUTHENTICATION';
}

class Intercepted implements Handler {
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
    const [controller, status] = args;
    if (status === 407) {
      controller.abort(new ProxyAuthentication());
      return;
    }
    this.handler.onResponseStart?.(...args);
    controller.resume();
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    this.handler.onResponseData?.(controller, chunk);
    // In time: the parser asks after this returns.
    controller.resume();
  }

  onResponseEnd(...args: Parameters<NonNullable<Handler['onResponseEnd']>>): void {
    this.handler.onResponseEnd?.(...args);
  }

  onResponseError(controller: Controller, error: Error): void {
    this.handler.onResponseError?.(controller, error);
  }
}
