/** Reads a reply's body, decoded, and stops at a size: a body that never ends, or that unpacks to gigabytes, costs a few hundred KiB. */
import type { FetchResponse } from 'ofetch';
import { codesOf } from './connection-errors';
import type { Deadline } from './deadline';

export interface BodyRead {
  /** `complete`; `size`: more came than is wanted; `time`: the time was over first; `error`: the connection or the encoding broke. */
  readonly end: 'complete' | 'size' | 'time' | 'error';
  /** Decoded bytes read. */
  readonly bytes: number;
  readonly data: Uint8Array;
  readonly error?: unknown;
}

export interface BodyLimits {
  readonly maxBytes: number;
  readonly maxMs: number;
  /** Running out of `maxMs` alone is no failure: what has come is enough. */
  readonly bestEffort: boolean;
  readonly deadline: Deadline;
}

/** Never rejects. */
export async function readBody(
  response: FetchResponse<ReadableStream<Uint8Array>>,
  limits: BodyLimits,
): Promise<BodyRead> {
  const stream = response._data;
  if (stream === undefined) return { end: 'complete', bytes: 0, data: new Uint8Array() };
  const reader = stream.getReader();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const outcome = (end: BodyRead['end'], error?: unknown): BodyRead => ({
    end,
    bytes,
    data: Buffer.concat(chunks),
    ...(error === undefined ? {} : { error }),
  });
  // What the server announces needs no reading. With an encoding the length is that of the packed body.
  const announced = Number(response.headers.get('content-length') ?? 0);
  if (announced > limits.maxBytes && !limits.bestEffort) {
    drop(reader);
    return outcome('size');
  }
  let whole = false;
  const until = performance.now() + limits.maxMs;
  try {
    for (;;) {
      const next = await nextChunk(reader, limits, until - performance.now());
      if (next === undefined) {
        return outcome(limits.deadline.signal.aborted && !limits.bestEffort ? 'time' : 'complete');
      }
      if (next.done) {
        whole = true;
        return outcome('complete');
      }
      bytes += next.value.byteLength;
      if (bytes > limits.maxBytes) return outcome(limits.bestEffort ? 'complete' : 'size');
      chunks.push(next.value);
    }
  } catch (error) {
    if (limits.deadline.signal.aborted) return outcome(limits.bestEffort ? 'complete' : 'time');
    return isTooLarge(error) ? outcome(limits.bestEffort ? 'complete' : 'size') : outcome('error', error);
  } finally {
    // A connection whose answer was read to its end is used again; any other must not keep sending.
    if (!whole) drop(reader);
  }
}

function drop(reader: ReadableStreamDefaultReader<Uint8Array>): void {
  reader.cancel().catch(() => {});
}

/** The agent's `maxResponseSize`. */
function isTooLarge(error: unknown): boolean {
  return codesOf(error).includes('UND_ERR_RES_EXCEEDED_MAX_SIZE');
}

/** Undefined when the time is over. */
async function nextChunk(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  { deadline, maxMs }: BodyLimits,
  leftMs: number,
): Promise<{ done: false; value: Uint8Array } | { done: true } | undefined> {
  const read = reader.read() as Promise<{ done: false; value: Uint8Array } | { done: true }>;
  if (!Number.isFinite(maxMs)) return deadline.within(read);
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), Math.max(0, leftMs));
  });
  try {
    return await deadline.within(Promise.race([read, tooLong]));
  } finally {
    clearTimeout(timer);
    // Nobody waits for it any more; its failure on the coming abort is expected.
    read.catch(() => {});
  }
}
