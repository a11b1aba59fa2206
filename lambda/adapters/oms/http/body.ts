/** Reads a body up to a limit, packed and unpacked: one that never ends, or that unpacks to gigabytes, costs no more than the limit. */
import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';

/** What arrived before an exchange was given up. */
export interface Arrived {
  headersAfterMs: number | null;
  bytes: number;
}

export class BodyTooLarge extends Error {
  readonly code = 'TOO_LARGE';
}

/** The complete body. Throws BodyTooLarge, or the error of a connection that broke or of a body that cannot be unpacked. */
export async function readWhole(reply: IncomingMessage, maxBytes: number, arrived: Arrived): Promise<Buffer> {
  if (Number(reply.headers['content-length'] ?? 0) > maxBytes) {
    reply.destroy();
    throw new BodyTooLarge();
  }
  const chunks: Buffer[] = [];
  for await (const chunk of reply) {
    arrived.bytes += chunk.length;
    // Leaving the loop ends the connection, so that the server does not go on sending.
    if (arrived.bytes > maxBytes) throw new BodyTooLarge();
    chunks.push(chunk);
  }
  return await unpacked(Buffer.concat(chunks), reply, maxBytes);
}

/** As much as arrives within both limits. Never rejects, and leaves no connection open that goes on sending. */
export async function readSome(reply: IncomingMessage, maxBytes: number, maxMs: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const timer = setTimeout(() => reply.destroy(), maxMs);
  try {
    let bytes = 0;
    for await (const chunk of reply) {
      bytes += chunk.length;
      if (bytes > maxBytes) break;
      chunks.push(chunk);
    }
  } catch {
    // What came before the connection broke is enough.
  }
  clearTimeout(timer);
  return await unpacked(Buffer.concat(chunks), reply, maxBytes).catch(() => Buffer.alloc(0));
}

/** An unknown encoding is left as it is, and so is a body of many. */
const MOST_ENCODINGS = 5;

async function unpacked(body: Buffer, { headers }: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const encodings = (headers['content-encoding'] ?? '').toLowerCase().split(',');
  if (body.length === 0 || encodings.length > MOST_ENCODINGS) return body;
  let bytes = body;
  // The last one was applied last.
  for (const encoding of encodings.reverse()) bytes = await unpackedOnce(bytes, encoding.trim(), maxBytes);
  return bytes;
}

async function unpackedOnce(body: Buffer, encoding: string, maxOutputLength: number): Promise<Buffer> {
  if (!/^(x-)?gzip$|^deflate$|^br$/.test(encoding)) return body;
  const zlib = await import('node:zlib');
  // As browsers do: what came is unpacked, though the end may be missing.
  const options = { maxOutputLength, finishFlush: zlib.constants.Z_SYNC_FLUSH };
  try {
    if (encoding === 'br') return await promisify(zlib.brotliDecompress)(body, { maxOutputLength });
    // Some servers take "deflate" by its word, without the zlib header that HTTP asks for.
    const isRaw = encoding === 'deflate' && ((body[0] ?? 0) & 0x0f) !== 8;
    return await promisify(isRaw ? zlib.inflateRaw : zlib.unzip)(body, options);
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? new BodyTooLarge() : error;
  }
}
