/** What can break between us and OMS, each in one sentence that says what to check. */
import type { Arrived } from './body';
import type { GivenCa } from './tls';

export interface Broken {
  readonly kind: 'broken';
  /** `OmsBadReply` where something came that is not HTTP, is too large or cannot be unpacked. */
  readonly outcome: 'OmsUnreachable' | 'OmsBadReply';
  readonly problem: string;
}

const unreachable = (problem: string): Broken => ({ kind: 'broken', outcome: 'OmsUnreachable', problem });
const badReply = (problem: string): Broken => ({ kind: 'broken', outcome: 'OmsBadReply', problem });

/** How far an answer came before the time was over. */
export function timeIsOver(endpoint: string, timeoutMs: number, { headersAfterMs, bytes }: Arrived): Broken {
  const progress =
    headersAfterMs === null
      ? 'nothing came'
      : `headers came after ${seconds(headersAfterMs)}, body stalled at ${bytes} bytes`;
  return unreachable(`no complete answer from ${endpoint} within ${seconds(timeoutMs)} (${progress})`);
}

/** An answer that is not HTTP, or whose status no HTTP has. */
export class NoHttp extends Error {
  readonly code = 'NO_HTTP';
}

const CLOSED = 'the connection was closed before a complete answer came';
const NO_ROUTE = 'no connection in time: check the route, the firewalls and the security groups';
const PLAIN_HTTP = 'the TLS handshake failed: if this port speaks plain HTTP, the endpoint should begin with http://';

/** Codes of Node and OpenSSL, and ours. Any other is shown as it came. */
const SENTENCES: Readonly<Record<string, string>> = {
  PROXY_AUTHENTICATION:
    'a proxy asks for a user name and password of its own (HTTP 407); give them in the address of the proxy',
  SOCKS_AUTHENTICATION: 'the SOCKS proxy does not accept the user name and password in its address, or asks for them',
  NO_SOCKS: 'the proxy does not speak SOCKS5; check its address and scheme',
  PROXY_REFUSED: 'the proxy does not open a connection to this host and port; let it, or except the host with NO_PROXY',
  ECONNREFUSED: 'connection refused: nothing listens on this port, or a firewall rejects the connection',
  ECONNRESET: CLOSED,
  EPIPE: CLOSED,
  ETIMEDOUT: NO_ROUTE,
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'no route to the network',
  ENOTFOUND: 'the host name does not resolve',
  EAI_AGAIN: 'the host name does not resolve: the name server did not answer',
  EAI_NONAME: 'the host name does not resolve',
  CERT_HAS_EXPIRED: "the server's certificate has expired",
  CERT_NOT_YET_VALID: "the server's certificate is not valid yet: check the clock of this machine",
  ERR_TLS_CERT_ALTNAME_INVALID: "the server's certificate is for another host name",
  EPROTO: PLAIN_HTTP,
  ERR_SSL_WRONG_VERSION_NUMBER: PLAIN_HTTP,
};

const UNKNOWN_AUTHORITY = new Set([
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'CERT_UNTRUSTED',
  'CERT_SIGNATURE_FAILURE',
]);

const BAD_REPLIES = ['NO_HTTP', 'HPE_HEADER_OVERFLOW', 'SPEAKS_TLS', 'SPEAKS_HTTP_2', 'TOO_LARGE'];
const PROXY = ['PROXY_AUTHENTICATION', 'SOCKS_AUTHENTICATION', 'NO_SOCKS', 'PROXY_REFUSED'];
const LASTING = [...PROXY, 'CLOSED', 'EPROTO', ...BAD_REPLIES];

/** The same a moment later, so that a retry is pointless: what was understood, a certificate, a protocol. */
export function isLasting(error: unknown): boolean {
  const codes = codesOf(error);
  return (
    codes.some(
      (code) => UNKNOWN_AUTHORITY.has(code) || cannotUnpack(code) || /^(CERT_|ERR_SSL_|ERR_TLS_)/.test(code),
    ) || LASTING.some((code) => codes.includes(code))
  );
}

const cannotUnpack = (code: string) =>
  code.startsWith('Z_') || code.startsWith('ERR__ERROR_FORMAT') || code.startsWith('ERR_BROTLI');

/** @param context how much of an answer had come where it broke, how much was allowed, and whom we trust beside the public authorities. */
export function connectionProblem(
  endpoint: string,
  error: unknown,
  { arrived: { headersAfterMs, bytes }, maxBytes, ca }: { arrived: Arrived; maxBytes: number; ca: GivenCa | null },
): Broken {
  const codes = codesOf(error);
  const where = headersAfterMs === null ? '' : ` (${bytes} bytes of the body had come)`;
  if (codes.includes('TOO_LARGE')) {
    return badReply(
      `${endpoint} answered with a body of more than ${maxBytes / 1024 / 1024} MiB; check that it is OMS`,
    );
  }
  if (codes.includes('SPEAKS_TLS')) {
    return badReply(`${endpoint} answered with TLS instead of HTTP: the endpoint should begin with https://`);
  }
  if (codes.includes('SPEAKS_HTTP_2')) {
    return badReply(`${endpoint} answered with HTTP/2 only; OMS and this program speak HTTP/1.1: check the port`);
  }
  if (codes.includes('HPE_HEADER_OVERFLOW')) {
    return badReply(
      `${endpoint} answered with more than 16 KiB of headers; check what stands between this machine and OMS`,
    );
  }
  if (codes.includes('NO_HTTP')) {
    return badReply(`what ${endpoint} answered is not valid HTTP; check that the port belongs to OMS`);
  }
  if (codes.some(cannotUnpack)) {
    return badReply(
      `the body from ${endpoint} cannot be unpacked: it is not in the encoding that its header names${where}`,
    );
  }
  const authority = codes.find((code) => UNKNOWN_AUTHORITY.has(code));
  if (authority !== undefined) return unreachable(`${endpoint}: ${untrusted(authority, ca)}`);
  const code = codes.find((known) => Object.hasOwn(SENTENCES, known));
  if (code !== undefined) {
    const sentence = SENTENCES[code] as string;
    // A TLS port says nothing to a plain request: it closes.
    const hint =
      sentence === CLOSED && headersAfterMs === null && endpoint.startsWith('http:')
        ? '; if this port speaks TLS, the endpoint should begin with https://'
        : '';
    return unreachable(`${endpoint}: ${sentence}${where}${hint}`);
  }
  const tls = codes.find((other) => other.startsWith('ERR_SSL_') || other.startsWith('ERR_TLS_'));
  if (tls !== undefined) return unreachable(`${endpoint}: the TLS handshake failed (${tls})`);
  return unreachable(`${endpoint}: no answer (${codes[0] ?? nameOf(error)})${where}`);
}

function untrusted(code: string, ca: GivenCa | null): string {
  const selfSigned = code === 'DEPTH_ZERO_SELF_SIGNED_CERT';
  if (ca === null) {
    return selfSigned
      ? "the server's certificate is self-signed; if it is the one of OMS, give it with --ca / omsCa"
      : "the server's certificate is signed by an unknown certificate authority; give the CA certificate with --ca / omsCa";
  }
  const given = `--ca / omsCa (${ca.subjects.join(', ')})`;
  if (selfSigned) return `the server's certificate is self-signed, and is not the one given with ${given}`;
  if (!ca.isAuthority) {
    return `${given} holds a server's certificate; give the certificate of the authority that signed it`;
  }
  if (code === 'SELF_SIGNED_CERT_IN_CHAIN') {
    return `the server's certificate is signed by another authority than the one given with ${given}`;
  }
  return `the server's certificate does not lead to the authority given with ${given}: either another authority signed it, or the server does not send its intermediate certificate, which can be added to the file`;
}

/** Every `code` in an error, its causes and, where several addresses were tried, their errors. The depth is bounded: the chain may be a ring. */
export function codesOf(error: unknown, depth = 0): string[] {
  if (depth > 6 || typeof error !== 'object' || error === null) return [];
  const { code, cause, errors, rawPacket } = error as Record<string, unknown>;
  return [
    ...codesOf(cause, depth + 1),
    ...(Array.isArray(errors) ? errors.flatMap((inner) => codesOf(inner, depth + 1)) : []),
    ...(typeof code === 'string' ? [code.startsWith('HPE_') ? unparsable(code, rawPacket) : code] : []),
  ];
}

/** What Node's parser could not read, by the first bytes that are not HTTP/1. */
function unparsable(code: string, rawPacket: unknown): string {
  // The end of the connection came while parsing.
  if (code === 'HPE_INVALID_EOF_STATE') return 'ECONNRESET';
  if (code === 'HPE_HEADER_OVERFLOW') return code;
  if (!Buffer.isBuffer(rawPacket)) return 'NO_HTTP';
  // A TLS alert or handshake record, version 3.x.
  if ((rawPacket[0] === 0x15 || rawPacket[0] === 0x16) && rawPacket[1] === 3) return 'SPEAKS_TLS';
  // A SETTINGS frame: three bytes of length, its type.
  if (rawPacket[0] === 0 && rawPacket[3] === 4) return 'SPEAKS_HTTP_2';
  return 'NO_HTTP';
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown error';
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 10_000 && ms % 1000 !== 0 ? 1 : 0)} s`;
}
