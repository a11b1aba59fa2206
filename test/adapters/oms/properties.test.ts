import { createGzip } from 'node:zlib';
import fc from 'fast-check';
import { parseJson } from '../../../lambda/adapters/oms/json';
import { decodeProgress } from '../../../lambda/adapters/oms/progress';
import { Secrets } from '../../../lambda/adapters/oms/redact';
import { Decoding } from '../../../lambda/adapters/oms/values';
import { FAILED_OUTCOMES } from '../../../lambda/contract/oms';
import type { Observation } from '../../../lambda/core/model/progress';
import { classOf } from '../../../lambda/core/model/status';
import { fixture, jsonReply, type Peer, startPeer } from './peer';
import { clientFor, PASSWORD } from './run';
import { NOW } from './situations';

const BASES = [
  'success-with-nulls.json',
  'sync-success.json',
  'new-calls-success.json',
  'refused-with-error-detail.json',
].map((name) => JSON.parse(fixture(name).toString()) as Record<string, unknown>);
const WORDS = [
  'FINISHED',
  'RUNNING',
  'true',
  '',
  '63',
  '1e999',
  '9007199254740993',
  PASSWORD,
  '\u0000\u001b[2J',
  '\ud800',
];

const anyValue = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom<unknown>(...WORDS, 0, -1, 101, 5151, 1_661_239_330, 1_661_239_330_000, 2 ** 60, true, false, null),
);

/** A base reply with some fields, of the envelope and of data, replaced or taken out. */
const mutated = fc
  .tuple(
    fc.constantFrom(...BASES),
    fc.array(fc.tuple(fc.nat(), fc.boolean(), fc.option(anyValue, { nil: undefined })), { maxLength: 4 }),
  )
  .map(([base, changes]) => {
    const reply = structuredClone(base);
    for (const [index, inside, value] of changes) {
      const data = reply.data;
      const target = inside && typeof data === 'object' && data !== null ? (data as Record<string, unknown>) : reply;
      const names = Object.keys(target);
      const name = names[index % Math.max(1, names.length)];
      if (name !== undefined) target[name] = value;
    }
    return reply;
  });

/** What holds of every observation. */
function expectSound(observation: Observation): void {
  const text = JSON.stringify(observation);
  expect(text.length).toBeLessThan(20_000);
  expect(text).not.toContain(JSON.stringify(PASSWORD).slice(1, -1));
  expect(observation.anomalies.length).toBeLessThanOrEqual(24);
  for (const words of Object.values(observation.said)) expect(words).not.toMatch(/[\p{Cc}\p{Cs}]/u);
  if (observation.outcome === 'OK') return;
  expect(FAILED_OUTCOMES).toContain(observation.outcome);
  expect(observation.problem).not.toMatch(/[\p{Cc}\p{Cs}]/u);
}

/** As JSON escapes it. */
function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

let peer: Peer;
let reply: Buffer;
beforeAll(async () => {
  peer = await startPeer((socket) => socket.end(reply));
});
afterAll(() => peer.close());

async function observationAt(bytes: Buffer, requestTimeoutMs = 2_000): Promise<Observation> {
  reply = bytes;
  const client = clientFor(`http://127.0.0.1:${peer.port}`, { requestTimeoutMs });
  try {
    return await client.poll('p_x');
  } finally {
    await client.close();
  }
}

describe('any bytes from OMS', () => {
  test('a mutated reply gives a sound observation, and FINISHED only where OMS said so (500 runs)', async () => {
    await fc.assert(
      fc.asyncProperty(mutated, async (body) => {
        const observation = await observationAt(jsonReply(JSON.stringify(body)));
        expectSound(observation);
        const said = (body.data as { status?: unknown } | null | undefined)?.status;
        if (observation.outcome === 'OK' && observation.progress.status === 'FINISHED') {
          expect({ success: body.success, said }).toEqual({ success: true, said: 'FINISHED' });
        }
      }),
      { numRuns: 500 },
    );
  });

  test('a reply with bytes changed, doubled or lost gives a sound observation in time (300 runs)', async () => {
    const whole = jsonReply(fixture('success-with-nulls.json'));
    const change = fc.tuple(fc.nat(whole.length), fc.nat(40), fc.uint8Array({ maxLength: 40 }));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
        let bytes = whole;
        for (const [at, lost, added] of changes) {
          bytes = Buffer.concat([bytes.subarray(0, at), added, bytes.subarray(at + lost)]);
        }
        const began = performance.now();
        expectSound(await observationAt(bytes, 100));
        // Ten times the deadline is generous on a busy machine; without one it would be for ever.
        expect(performance.now() - began).toBeLessThan(1_000);
      }),
      { numRuns: 300 },
    );
  });

  test('a reply with a key twice leaves that field unknown, with an anomaly (300 runs)', async () => {
    const base = BASES[0]?.data as Record<string, unknown>;
    const doubled = fc.tuple(
      fc.constantFrom(...Object.keys(base)),
      fc.oneof(anyValue, fc.constantFrom(...Object.values(base))),
    );
    await fc.assert(
      fc.asyncProperty(doubled, fc.boolean(), async ([name, value], inFront) => {
        const [more, all] = [`"${name}":${JSON.stringify(value)}`, JSON.stringify(base).slice(1, -1)];
        const data = inFront ? `{${more},${all}}` : `{${all},${more}}`;
        const observation = await observationAt(jsonReply(`{"success":true,"data":${data}}`));
        expectSound(observation);
        expect(observation.outcome).toBe('OK');
        if (observation.outcome !== 'OK') return;
        const field = observation.progress[name as keyof typeof observation.progress];
        if (name === 'status') expect(classOf(String(field))).toBe('unknown');
        else expect(field).toBeNull();
        expect(observation.anomalies.map((anomaly) => anomaly.field)).toContain(name);
      }),
      { numRuns: 300 },
    );
  });

  test('a reply that names another project is never believed (300 runs)', async () => {
    const other = fc.oneof(fc.string({ minLength: 1 }), fc.constantFrom('P_X', 'p_x ', 'p_xx', 'np_x'), fc.integer());
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...BASES.slice(0, 3)), other, fc.boolean(), async (base, projectId, outside) => {
        fc.pre(projectId !== 'p_x');
        const data = { ...(base.data as object), ...(outside ? {} : { projectId }) };
        const observation = await observationAt(
          jsonReply(JSON.stringify({ ...base, ...(outside ? { projectId } : {}), data })),
        );
        expectSound(observation);
        expect(observation.outcome).toBe('OmsBadReply');
      }),
      { numRuns: 300 },
    );
  });

  test('JSON is what JSON.parse takes for it, whole or with a character changed (3000 runs)', () => {
    const accepted = (text: string) => {
      try {
        return { value: JSON.parse(text) as unknown };
      } catch {
        return null;
      }
    };
    fc.assert(
      fc.property(fc.json({ maxDepth: 8 }), fc.nat(), fc.string({ maxLength: 1 }), (text, at, character) => {
        expect(parseJson(text)).toEqual({ ok: true, ...accepted(text) });
        const cut = at % (text.length + 1);
        const changed = text.slice(0, cut) + character + text.slice(cut + 1);
        const parsed = parseJson(changed);
        expect(parsed.ok).toBe(accepted(changed) !== null);
        if (!parsed.ok) expect(parsed.at).toBeLessThanOrEqual(changed.length);
      }),
      { numRuns: 3000 },
    );
  });

  test('the same reply in another encoding is the same observation (100 runs)', async () => {
    const encodings = fc.constantFrom<[string, (text: string) => Buffer]>(
      ['', (text) => Buffer.from(text)],
      ['utf-16le', (text) => Buffer.from(text, 'utf16le')],
      ['UTF-16BE', (text) => Buffer.from(text, 'utf16le').swap16()],
      ['', (text) => Buffer.from(text, 'utf16le')],
      ['ISO-8859-1', (text) => Buffer.from(text)],
      ['gb18030', (text) => Buffer.from(text.replace(/[\u0080-\uffff]/g, escaped))],
    );
    await fc.assert(
      fc.asyncProperty(mutated, encodings, async (body, [charset, encode]) => {
        const text = JSON.stringify(body);
        const plain = await observationAt(jsonReply(text));
        const encoded = jsonReply(encode(text)).toString('latin1');
        const named =
          charset === '' ? encoded : encoded.replace('application/json', `application/json; charset=${charset}`);
        expect(await observationAt(Buffer.from(named, 'latin1'))).toEqual(plain);
      }),
      { numRuns: 100 },
    );
  });

  test('a decoded progress holds only values of the model (5000 runs)', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          anyValue,
          mutated.map(({ data }) => data),
        ),
        fc.constantFrom('migration', 'sync'),
        (data, kind) => {
          const decoded = decodeProgress(data, kind, new Decoding(new Secrets().clean, NOW));
          if (!decoded.ok) return;
          const { progress } = decoded;
          expect(progress.status.length).toBeGreaterThan(0);
          expect(progress.status.length).toBeLessThanOrEqual(64);
          for (const percent of [progress.structMigrationProgress, progress.fullMigrationProgress]) {
            if (percent !== null) expect(percent >= 0 && percent <= 100).toBe(true);
          }
          for (const checkpoint of [progress.incrSyncCheckpoint, progress.reverseIncrSyncCheckpoint]) {
            if (checkpoint !== null) expect(checkpoint > 1e9 - 1 && checkpoint <= NOW / 1000 + 86_400).toBe(true);
          }
        },
      ),
      { numRuns: 5000 },
    );
  });

  test.each(['', 'Content-Encoding: gzip'])(
    'an endless body (%s) is cut off after a few megabytes',
    async (encoding) => {
      let written = 0;
      const chunk = Buffer.alloc(64 * 1024, 'x');
      const endless = await startPeer((socket) => {
        socket.write(`HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n${encoding}${encoding && '\r\n'}\r\n`);
        const out = encoding ? createGzip({ level: 1 }) : socket;
        if (out !== socket) out.pipe(socket);
        const more = () => {
          let room = true;
          while (room && !socket.destroyed) {
            room = out.write(chunk);
            written += chunk.length;
          }
        };
        out.on('drain', more);
        out.on('error', () => {});
        more();
      });
      const client = clientFor(`http://127.0.0.1:${endless.port}`, { requestTimeoutMs: 20_000 });
      const observation = await client.poll('p_x');
      await client.close();
      await endless.close();
      expect(observation).toMatchObject({
        outcome: 'OmsBadReply',
        problem: expect.stringContaining('more than 1 MiB'),
      });
      // What the peer wrote: what we read, and what the system buffers between us.
      expect(encoding ? 0 : written).toBeLessThan(32 * 1024 * 1024);
    },
  );

  test('a body that comes byte by byte is given up at the deadline, with how far it came', async () => {
    const dripping = await startPeer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n');
      const timer = setInterval(() => socket.write(' '), 20);
      socket.on('close', () => clearInterval(timer));
    });
    const client = clientFor(`http://127.0.0.1:${dripping.port}`, { requestTimeoutMs: 300 });
    const observation = await client.poll('p_x');
    await client.close();
    await dripping.close();
    expect(observation).toMatchObject({
      outcome: 'OmsUnreachable',
      problem: expect.stringMatching(/within 0\.3 s \(headers came after 0\.\d s, body stalled at \d+ bytes\)$/),
    });
  });
});
