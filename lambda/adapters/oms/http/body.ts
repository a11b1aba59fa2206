/** Reads a decoded body up to a limit: one that never ends, or that unpacks to gigabytes, costs no more than the limit. */

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
  readonly body: AsyncIterable<Uint8Array> | null;
}

/** The complete body. Throws BodyTooLarge, or the error of a connection that broke. */
export async function readWhole(response: Incoming, maxBytes: number, arrived: Arrived): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  // With a content encoding this is the packed length.
  const announced = Number(response.headers.get('content-length') ?? 0);
  for await (const chunk of response.body ?? []) {
    arrived.bytes += chunk.byteLength;
    // Leaving the loop cancels the stream, so that the server does not go on sending.
    if (arrived.bytes > maxBytes || announced > maxBytes) throw new BodyTooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** As much as arrives within both limits. Never rejects. */
export async function readSome(response: Incoming, maxBytes: number, maxMs: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  const arrived: Arrived = { headersAfterMs: null, bytes: 0 };
  const collect = async () => {
    for await (const chunk of response.body ?? []) {
      arrived.bytes += chunk.byteLength;
      if (arrived.bytes > maxBytes || timeIsUp) return;
      chunks.push(chunk);
    }
  };
  let timeIsUp = false;
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      timeIsUp = true;
      resolve();
    }, maxMs);
  });
  await Promise.race([collect().catch(() => {}), limit]);
  clearTimeout(timer);
  return Buffer.concat(chunks);
}
