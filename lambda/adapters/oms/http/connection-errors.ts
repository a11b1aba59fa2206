/** What can break between us and OMS, each in one sentence that says what to look at. */

export interface Broken {
  readonly kind: 'broken';
  /** A reply that came but is no HTTP or cannot be unpacked is a bad one; everything else is no reply. */
  readonly outcome: 'OmsUnreachable' | 'OmsBadReply';
  readonly problem: string;
  /** Whether the same request a moment later may fare better. */
  readonly transient: boolean;
}

/** How far an answer came before the time was over. */
export function timeIsOver(
  endpoint: string,
  timeoutMs: number,
  { headersAfterMs, bytes }: { headersAfterMs: number | null; bytes: number },
): Broken {
  const progress =
    headersAfterMs === null
      ? 'nothing came'
      : `headers came after ${seconds(headersAfterMs)}, body stalled at ${bytes} bytes`;
  return broken(`no complete answer from ${endpoint} within ${seconds(timeoutMs)} (${progress})`, { transient: false });
}

/** Our own code for bytes that are no HTTP, or headers without end. */
const NO_HTTP = 'NO_HTTP';

/** Our own code for a port that fetch refuses to talk to, as browsers do: 1, 9, 25, 6000 and others of old services. */
const BAD_PORT = 'BAD_PORT';

/** Codes of Node, OpenSSL and undici. Anything else is named as it came. */
const SENTENCES: Record<string, string> = {
  [BAD_PORT]: 'fetch refuses to talk to this port, which belongs to another service; is it the port of OMS',
  ECONNREFUSED: 'connection refused: nothing listens there, or a firewall turns it away',
  ECONNRESET: 'the connection was closed before a complete answer came',
  EPIPE: 'the connection was closed before a complete answer came',
  UND_ERR_SOCKET: 'the connection was closed before a complete answer came',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'the connection was closed before a complete answer came',
  UND_ERR_CONNECT_TIMEOUT: 'no connection in time: is there a route, and do the firewalls and security groups allow it',
  ETIMEDOUT: 'no connection in time: is there a route, and do the firewalls and security groups allow it',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'no route to the network',
  ENOTFOUND: 'the host name does not resolve',
  EAI_AGAIN: 'the host name does not resolve: the name server gave no answer',
  EAI_NONAME: 'the host name does not resolve',
  CERT_HAS_EXPIRED: 'the certificate of the server has expired',
  CERT_NOT_YET_VALID: 'the certificate of the server is not yet valid: is the clock right',
  ERR_TLS_CERT_ALTNAME_INVALID: 'the certificate of the server is for another name than this host',
  EPROTO: 'the TLS handshake failed: does this port speak plain HTTP, so that the endpoint should begin with http://',
  ERR_SSL_WRONG_VERSION_NUMBER:
    'the TLS handshake failed: does this port speak plain HTTP, so that the endpoint should begin with http://',
};

const UNKNOWN_AUTHORITY = new Set([
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'CERT_UNTRUSTED',
]);

/** A certificate or a protocol is the same a moment later. */
const LASTING = new Set([BAD_PORT, 'CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID', 'ERR_TLS_CERT_ALTNAME_INVALID', 'EPROTO']);

/** `bytes`: how much of a body had come, null where it broke before. */
export function connectionTrouble(endpoint: string, error: unknown, bytes: number | null): Broken {
  const codes = codesOf(error);
  const where = bytes === null ? '' : ` (${bytes} bytes of the body had come)`;
  if (codes.includes(NO_HTTP)) {
    const problem = `what answers at ${endpoint} does not speak HTTP as it should; does the port belong to OMS, and does it want https://`;
    return { kind: 'broken', outcome: 'OmsBadReply', problem, transient: false };
  }
  if (codes.some((code) => code.startsWith('Z_') || code.startsWith('ERR__ERROR_FORMAT') || code === 'ERR_BROTLI')) {
    const problem = `the body from ${endpoint} cannot be unpacked: it is not in the encoding that its header names${where}`;
    return { kind: 'broken', outcome: 'OmsBadReply', problem, transient: false };
  }
  if (codes.some((code) => UNKNOWN_AUTHORITY.has(code))) {
    return broken(
      `${endpoint}: the certificate is signed by an authority nobody here knows; give its CA with --ca / omsCa`,
      { transient: false },
    );
  }
  const code = codes.find((known) => Object.hasOwn(SENTENCES, known));
  if (code !== undefined) {
    const lasting = LASTING.has(code) || code.startsWith('ERR_SSL_');
    return broken(`${endpoint}: ${SENTENCES[code]}${where}`, { transient: !lasting });
  }
  const tls = codes.find((other) => other.startsWith('ERR_SSL_') || other.startsWith('ERR_TLS_'));
  if (tls) return broken(`${endpoint}: the TLS handshake failed (${tls})`, { transient: false });
  return broken(`${endpoint}: no answer (${codes[0] ?? nameOf(error)})${where}`, { transient: true });
}

function broken(problem: string, { transient }: { transient: boolean }): Broken {
  return { kind: 'broken', outcome: 'OmsUnreachable', problem, transient };
}

/** Every `code` in an error, its causes and, where several addresses were tried, their errors. The chain is cut: it may be a ring. */
export function codesOf(error: unknown, depth = 0): string[] {
  if (depth > 6 || typeof error !== 'object' || error === null) return [];
  const { code, cause, errors, name, message } = error as Record<string, unknown>;
  // undici leaves these without a code.
  if (message === 'bad port') return [BAD_PORT];
  // An unexpected end while parsing is a connection closed, not bad HTTP.
  if (name === 'HTTPParserError') return [/EOF/.test(String(message)) ? 'UND_ERR_SOCKET' : NO_HTTP];
  return [
    ...codesOf(cause, depth + 1),
    ...(Array.isArray(errors) ? errors.flatMap((inner) => codesOf(inner, depth + 1)) : []),
    ...(typeof code === 'string' ? [code === 'UND_ERR_HEADERS_OVERFLOW' ? NO_HTTP : code] : []),
  ];
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown error';
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 10_000 && ms % 1000 !== 0 ? 1 : 0)} s`;
}
