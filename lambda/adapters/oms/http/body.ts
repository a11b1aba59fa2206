/** Reads a decoded body up to a limit: one that never ends, or that unpacks to gigabytes, costs no more than the limit. */
import type { ReadableStream } from 'node:stream/web';

/** What arrived before an exchange was given up. */
export interface Arrived {
  headersAfterMs: number | null;
  bytes: number;
}

export class BodyTooLarge extends Error {
  readonly code = 'TOO_LARGE';
}

interface Incoming {
  readonly headers: { get(name: string): string | null };
  readonly body: ReadableStream<Uint8Array> | null;
}

/** The complete body. Throws BodyTooLarge, or the error of a connection that broke. */
export async function readWhole({ headers, body }: Incoming, maxBytes: number, arrived: Arrived): Promise<Uint8Array> {
  // With a content encoding this is the packed length.
  if (Number(headers.get('content-length') ?? 0) > maxBytes) {
    await body?.cancel();
    throw new BodyTooLarge();
  }
  const chunks: Uint8Array[] = [];
  for await (const chunk of body ?? []) {
    arrived.bytes += chunk.byteLength;
    // Leaving the loop cancels the stream, so that the server does not go on sending.
    if (arrived.bytes > maxBytes) throw new BodyTooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** As much as arrives within both limits. Never rejects, and leaves no connection open that goes on sending. */
export async function readSome({ body }: Incoming, maxBytes: number, maxMs: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  if (body === null) return Buffer.concat(chunks);
  const reader = body.getReader();
  const cancel = () => void reader.cancel().catch(() => {});
  const timer = setTimeout(cancel, maxMs);
  try {
    for (let bytes = 0; ; ) {
      const { done, value } = await reader.read();
      if (done) break;
      bytes += value.byteLength;
      if (bytes > maxBytes) break;
      chunks.push(value);
    }
  } catch {
    // What came before the connection broke is enough.
  }
  clearTimeout(timer);
  cancel();
  return Buffer.concat(chunks);
}
