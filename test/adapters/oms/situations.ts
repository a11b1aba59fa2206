/** What OMS or the network may do, and the one outcome of each. docs/oms.md is printed from a run of these. */
import { gzipSync } from 'node:zlib';
import type { OmsClientOptions } from '../../../lambda/adapters/oms/client';
import type { Outcome } from '../../../lambda/contract/oms';
import type { Progress } from '../../../lambda/core/model/progress';
import { type Behaviour, fixture, jsonReply, replyFrom } from './peer';

/** All situations happen at this moment: ten seconds after the checkpoints in the fixtures. */
export const NOW = 1_661_239_340_000;
export const TIMEOUT_MS = 400;

export interface Situation {
  readonly title: string;
  /** A file under test/fixtures/oms, or what the peer does. */
  readonly peer: string | Behaviour | 'no server' | 'no such host' | 'tls';
  readonly options?: Partial<OmsClientOptions>;
  /** The project that is polled. Default p_x. */
  readonly project?: string;
  readonly outcome: Outcome;
  /** Part of the sentence a person reads. */
  readonly problem?: string;
  /** The fields with an anomaly, in order. */
  readonly anomalies?: readonly string[];
  readonly progress?: Partial<Progress>;
  /** Requests the peer gets; more than 1: it was tried again. */
  readonly requests: number;
}

const ok = (
  title: string,
  peer: Situation['peer'],
  progress: Partial<Progress>,
  anomalies: string[] = [],
): Situation => ({
  title,
  peer,
  outcome: 'OK',
  progress,
  anomalies,
  requests: 1,
});

const bad = (
  title: string,
  peer: Situation['peer'],
  outcome: Outcome,
  problem: string,
  { requests = 1, ...more }: Partial<Situation> = {},
): Situation => ({ title, peer, outcome, problem, requests, ...more });

const stalled: Behaviour = (socket) => {
  socket.write('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 400\r\n\r\n');
  socket.write(fixture('success-with-nulls.json').subarray(0, 120));
};

/** 100 MB, written only as fast as it is read. */
const huge: Behaviour = (socket) => {
  socket.write('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n');
  let left = 100 * 16;
  const chunk = Buffer.alloc(64 * 1024, ' ');
  const more = () => {
    while (left-- > 0 && !socket.destroyed && socket.write(chunk));
  };
  socket.on('drain', more);
  more();
};

const announcedHuge: Behaviour = (socket) =>
  socket.write('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 104857600\r\n\r\n{');

const packed = (body: Buffer): Behaviour => {
  const bytes = gzipSync(body);
  return (socket) => socket.end(jsonReply(bytes, ['Content-Encoding: gzip']));
};

const once =
  (first: Behaviour): Behaviour =>
  (socket, count, request) =>
    count === 1 ? first(socket, count, request) : socket.end(replyFrom('success-with-nulls.json'));

/** A reply with these lines as its head, as a proxy or a web server would send it. */
const answer =
  (head: readonly string[], body: Buffer | string = ''): Behaviour =>
  (socket) => {
    const bytes = Buffer.from(body as string);
    const lines = [...head, `Content-Length: ${bytes.length}`, 'Connection: close'];
    socket.end(Buffer.concat([Buffer.from(`HTTP/1.1 ${lines.join('\r\n')}\r\n\r\n`), bytes]));
  };

const json = (body: string): Behaviour => answer(['200 OK', 'Content-Type: application/json'], body);

/** The plain success with more, or other, text in its data. */
const data = (text: string): Behaviour => json(`{"success":true,"cost":"13 ms","data":{${text}}}`);
const RUNNING =
  '"status":"RUNNING","enableStructMigration":true,"enableFullMigration":true,"enableIncrSync":true,"enableReverseIncrSync":true';

const inCharset = (charset: string, bytes: Buffer): Behaviour =>
  answer(['200 OK', `Content-Type: application/json${charset && `;charset=${charset}`}`], bytes);
const SUCCESS = fixture('success-with-nulls.json').toString();
const UTF_16_BE = Buffer.from(SUCCESS, 'utf16le').swap16();
/** A message in Chinese, in GBK. */
const GBK = Buffer.from(SUCCESS.replace('"message": null', '"message": "\xc7\xa8\xd2\xc6"'), 'latin1');
const HTML = 'Content-Type: text/html';
const DENIED = '<html><head><title>403 Forbidden</title></head><body>Access denied</body></html>';

export const SITUATIONS: readonly Situation[] = [
  ok('success, and null in everything OMS has nothing to say about', 'success-with-nulls.json', {
    status: 'RUNNING',
    importance: 'LOW',
    enableStructMigration: true,
    enableFullMigration: true,
    enableIncrSync: true,
    enableReverseIncrSync: true,
    currentStep: 'REVERSE_INCR_SYNC',
    structMigrationProgress: 100,
    fullMigrationProgress: 100,
    incrSyncCheckpoint: 1_661_166_286,
    reverseIncrSyncCheckpoint: 1_661_239_332,
  }),
  {
    ...ok('a synchronisation project, its checkpoint as text', 'sync-success.json', {
      structMigrationProgress: 100,
      fullMigrationProgress: 100,
      enableReverseIncrSync: null,
      incrSyncCheckpoint: 1_661_239_330,
    }),
    options: { kind: 'sync' },
  },
  {
    ...ok("a synchronisation project in the spelling of its page's table", 'sync-in-the-table-spelling.json', {
      structMigrationProgress: 100,
      fullMigrationProgress: 80,
    }),
    options: { kind: 'sync' },
  },
  {
    ...ok('the 4.1.1 call with its renamed fields', 'new-calls-success.json', {
      importance: 'HIGH',
      enableStructMigration: true,
      enableFullMigration: true,
      enableReverseIncrSync: false,
      structMigrationProgress: 100,
      fullMigrationProgress: 100,
      currentStep: 'INCR_TRANSFER',
      incrSyncCheckpoint: 1_661_239_330,
      reverseIncrSyncCheckpoint: null,
    }),
    options: { api: '4.1.1' },
    project: 'np_x',
  },
  ok('gzip', packed(fixture('success-with-nulls.json')), { status: 'RUNNING' }),
  ok('a byte-order mark', 'byte-order-mark.http', { status: 'RUNNING' }, ['body']),
  ok('a step of the new family of names', 'step-of-the-new-family.json', { currentStep: 'FULL_TRANSFER' }),
  ok('fields that an object inherits', 'inherited-names.json', { status: 'RUNNING' }),
  ok('a clock that is right', 'clock-right.http', { status: 'RUNNING' }),
  ok('a clock that is an hour ahead', 'clock-an-hour-ahead.http', { status: 'RUNNING' }, ['Date']),
  ok('a Date header that is not a date', 'bad-date.http', { status: 'RUNNING' }, ['Date']),

  ok('a percentage as text', 'percent-as-string.json', { fullMigrationProgress: 63 }, ['fullMigrationProgress']),
  ok('a percentage with its sign', 'percent-with-sign.json', { fullMigrationProgress: 63 }, ['fullMigrationProgress']),
  ok('a percentage below 0', 'percent-below-0.json', { fullMigrationProgress: null }, ['fullMigrationProgress']),
  ok('a percentage of 5151', 'percent-above-100.json', { fullMigrationProgress: null }, ['fullMigrationProgress']),
  ok('a percentage of 63.5', 'percent-fractional.json', { fullMigrationProgress: 63.5 }, ['fullMigrationProgress']),
  ok('a percentage in words', 'percent-no-number.json', { fullMigrationProgress: null }, ['fullMigrationProgress']),
  ok('checkpoint null', 'checkpoint-null.json', { incrSyncCheckpoint: null }),
  ok('checkpoint 0', 'checkpoint-zero.json', { incrSyncCheckpoint: null }),
  ok('a negative checkpoint', 'checkpoint-negative.json', { incrSyncCheckpoint: null }, ['incrSyncCheckpoint']),
  ok('a checkpoint as text', 'checkpoint-as-string.json', { incrSyncCheckpoint: 1_661_239_320 }, [
    'incrSyncCheckpoint',
  ]),
  ok('a checkpoint in milliseconds', 'checkpoint-in-milliseconds.json', { incrSyncCheckpoint: 1_661_239_320 }, [
    'incrSyncCheckpoint',
  ]),
  ok('a checkpoint ten minutes ahead', 'checkpoint-ahead.json', { incrSyncCheckpoint: 1_661_239_940 }, [
    'incrSyncCheckpoint',
  ]),
  ok('a checkpoint days ahead', 'checkpoint-far-ahead.json', { incrSyncCheckpoint: null }, ['incrSyncCheckpoint']),
  ok('a checkpoint in 1970', 'checkpoint-in-1970.json', { incrSyncCheckpoint: null }, ['incrSyncCheckpoint']),
  ok('a checkpoint with a fraction', 'checkpoint-fractional.json', { incrSyncCheckpoint: 1_661_239_320 }, [
    'incrSyncCheckpoint',
  ]),
  ok('a checkpoint beyond 2^53', 'checkpoint-beyond-2-53.json', { incrSyncCheckpoint: null }, ['incrSyncCheckpoint']),
  ok('a checkpoint of 1e400', 'checkpoint-infinite.json', { incrSyncCheckpoint: null }, ['incrSyncCheckpoint']),
  ok('an object as a checkpoint', 'checkpoint-an-object.json', { incrSyncCheckpoint: null }, ['incrSyncCheckpoint']),
  ok('an unrecognized status', 'status-unknown.json', { status: 'PAUSING' }, ['status']),
  ok('a status in lower case', 'status-lower-case.json', { status: 'running' }, ['status']),
  ok('an unrecognized step', 'step-unknown.json', { currentStep: 'DATA_POLISHING' }, ['currentStep']),
  ok('a number as the step', 'step-a-number.json', { currentStep: null }, ['currentStep']),
  ok('an unrecognized importance', 'importance-unknown.json', { importance: null }, ['importance']),
  ok('an importance in lower case', 'importance-lower-case.json', { importance: 'HIGH' }, ['importance']),
  ok('a switch that is missing', 'field-missing.json', { enableFullMigration: null }, ['enableFullMigration']),
  ok('a switch that is null', 'field-null.json', { enableFullMigration: null }, ['enableFullMigration']),
  ok('a switch of the wrong type', 'field-of-the-wrong-type.json', { enableFullMigration: null }, [
    'enableFullMigration',
  ]),
  ok(
    'switches as text and as numbers',
    'flags-as-text.json',
    { enableFullMigration: true, enableIncrSync: false, enableReverseIncrSync: false },
    ['enableFullMigration', 'enableIncrSync', 'enableReverseIncrSync'],
  ),
  ok('two spellings that contradict each other', 'contradicting-spellings.json', { fullMigrationProgress: null }, [
    'fullMigrationProgress',
  ]),

  ok('the status twice', data(`${RUNNING},"status":"FINISHED"`), { status: 'RUNNING and FINISHED' }, ['status']),
  ok(
    'the status twice, once with an escape',
    data(`${RUNNING},"\\u0073tatus":"FINISHED"`),
    {
      status: 'RUNNING and FINISHED',
    },
    ['status'],
  ),
  ok(
    'a progress twice',
    data(`${RUNNING},"fullMigrationProgress":63,"fullMigrationProgress":100`),
    {
      fullMigrationProgress: null,
    },
    ['fullMigrationProgress'],
  ),
  ok(
    'a checkpoint three times',
    data(`${RUNNING},"incrSyncCheckpoint":1661239320,"incrSyncCheckpoint":1661239330,"incrSyncCheckpoint":1661239330`),
    { incrSyncCheckpoint: null },
    ['incrSyncCheckpoint'],
  ),
  ok('UTF-16, named by its header', inCharset('UTF-16BE', UTF_16_BE), { status: 'RUNNING' }),
  ok('UTF-16, named by nothing', inCharset('', Buffer.from(SUCCESS, 'utf16le')), { status: 'RUNNING' }),
  ok(
    'UTF-16 with a byte-order mark, named otherwise by its header',
    inCharset('UTF-8', Buffer.concat([Buffer.from([0xfe, 0xff]), UTF_16_BE])),
    { status: 'RUNNING' },
    ['body'],
  ),
  ok('GBK, named by its header', inCharset('GBK', GBK), { status: 'RUNNING' }),
  ok('UTF-8 under a header that says ISO-8859-1', inCharset('ISO-8859-1', Buffer.from(SUCCESS)), { status: 'RUNNING' }),

  bad(
    'another project',
    data(`"projectId":"np_other",${RUNNING}`),
    'OmsBadReply',
    'about project "np_other" where "p_x" was asked for',
  ),
  bad(
    'another project, named in the envelope',
    json(`{"success":true,"projectId":"np_other","data":{${RUNNING}}}`),
    'OmsBadReply',
    'about project "np_other" where "p_x" was asked for',
  ),
  bad(
    'another project, named as the request names it',
    data(`"id":"np_other",${RUNNING}`),
    'OmsBadReply',
    '"np_other"',
  ),
  bad(
    'two projects in one reply',
    data(`"projectId":"p_x","projectId":"np_other",${RUNNING}`),
    'OmsBadReply',
    'p_x and np_other',
  ),
  bad(
    'success twice',
    json(`{"success":false,"success":true,"data":{${RUNNING}}}`),
    'OmsBadReply',
    '"success" stands in it more than once',
  ),
  bad(
    'data twice',
    json(`{"success":true,"data":{${RUNNING}},"data":{"status":"FINISHED"}}`),
    'OmsBadReply',
    '"data" stands in it more than once',
  ),
  bad(
    'an unknown encoding',
    inCharset('KLINGON', GBK),
    'OmsBadReply',
    'in the encoding KLINGON, which this program does not know',
  ),
  bad('GBK, named by nothing', inCharset('', GBK), 'OmsBadReply', 'a body that is not UTF-8 text'),
  bad('something after the JSON', json(`${SUCCESS.trim()}\n<!-- proxied -->`), 'OmsBadReply', 'on: <!-- proxied -->'),
  bad(
    'a comma too many',
    json('{"success":true,"data":null,}'),
    'OmsBadReply',
    'stops being JSON from character 29 on: }',
  ),
  bad('single quotes', json("{'success':true}"), 'OmsBadReply', "from character 2 on: 'success':true}"),
  bad(
    'no such project, said of another one',
    json('{"success":false,"code":"GHANA-PROJECT000001","data":{"projectId":"np_other"}}'),
    'OmsBadReply',
    'about project "np_other"',
  ),
  bad('status missing', 'status-missing.json', 'OmsBadReply', '"data.status" is missing'),
  bad('status null', 'status-null.json', 'OmsBadReply', '"data.status" is null'),
  bad('a number as the status', 'status-a-number.json', 'OmsBadReply', '"data.status" is a number'),
  bad('an empty status', 'status-empty.json', 'OmsBadReply', '"data.status" is empty'),
  bad('data null', 'data-null.json', 'OmsBadReply', '"data" is null'),
  bad('data missing', 'data-missing.json', 'OmsBadReply', '"data" is missing'),
  bad('a list as data', 'data-a-list.json', 'OmsBadReply', '"data" is not an object'),
  bad('success as text', 'success-as-text.json', 'OmsBadReply', 'it has no "success" that is true or false'),
  bad('success missing', 'success-missing.json', 'OmsBadReply', 'it has no "success" that is true or false'),
  bad('JSON that is not an object', 'json-but-no-object.json', 'OmsBadReply', 'JSON that is not an OMS reply'),
  bad('an empty body', 'empty.json', 'OmsBadReply', 'with an empty body'),
  bad('204, no body', '204.http', 'OmsBadReply', 'HTTP 204 (No Content)'),
  bad('a body of white space', 'white-space.json', 'OmsBadReply', 'a body of white space'),
  bad('JSON cut off', 'cut-off.json', 'OmsBadReply', 'not JSON: it is cut off after 38 characters'),
  bad(
    'the sample of the 3.3.0-CE page',
    'seed-page-sample.http',
    'OmsBadReply',
    'not JSON; it begins: { "success":true',
  ),
  bad('an HTML page with 200', 'html-with-200.http', 'OmsBadReply', 'an HTML page where JSON was expected'),
  bad('304, which was not asked for', 'not-modified.http', 'OmsBadReply', 'HTTP 304 (Not Modified)'),
  bad('404', '404.http', 'OmsBadReply', 'HTTP 404 (Not Found) to GET /api/omsp/v2/migrations/p_x/progress'),
  bad(
    '400 of nginx, whose port expects TLS',
    answer(['400 Bad Request', HTML], '<center>The plain HTTP request was sent to HTTPS port</center>'),
    'OmsBadReply',
    'this port expects HTTPS: the endpoint should begin with https://',
  ),
  bad(
    '400 of Tomcat, whose port expects TLS',
    answer(['400 '], 'Bad Request\r\nThis combination of host and port requires TLS.\r\n'),
    'OmsBadReply',
    'this port expects HTTPS',
  ),
  bad(
    'a TLS alert',
    (socket) => socket.end(Buffer.from('15030300020246', 'hex')),
    'OmsBadReply',
    'answered with TLS instead of HTTP',
  ),
  bad(
    'HTTP/2 only',
    (socket) => socket.end(Buffer.from('000006040000000000000300000064', 'hex')),
    'OmsBadReply',
    'answered with HTTP/2 only',
  ),
  bad(
    '20 KB of headers',
    answer(['200 OK', `X-Long: ${'x'.repeat(20_000)}`]),
    'OmsBadReply',
    'more than 16 KiB of headers',
  ),
  bad('a status of 999', answer(['999 Request denied']), 'OmsBadReply', 'is not valid HTTP'),
  bad('an answer that is not HTTP', 'not-http.http', 'OmsBadReply', 'is not valid HTTP'),
  bad(
    'a body in another encoding than its header names',
    (socket) => socket.end(jsonReply('{}', ['Content-Encoding: gzip'])),
    'OmsBadReply',
    'cannot be unpacked',
  ),
  bad('a body of 100 MB', huge, 'OmsBadReply', 'with a body of more than 1 MiB', {
    options: { requestTimeoutMs: 10_000 },
  }),
  bad('a body announced as 100 MB', announcedHuge, 'OmsBadReply', 'with a body of more than 1 MiB'),
  bad(
    '100 MB packed into 100 KB',
    packed(Buffer.alloc(100 * 1024 * 1024, ' ')),
    'OmsBadReply',
    'with a body of more than 1 MiB',
    { options: { requestTimeoutMs: 10_000 } },
  ),

  bad(
    'refused, with errorDetail',
    'refused-with-error-detail.json',
    'OmsRefused',
    'GHANA-OPERIE000000]: Internal error. — The metadata database does not answer. — Contact the administrator.',
  ),
  bad(
    'refused, without errorDetail',
    'refused-without-error-detail.json',
    'OmsRefused',
    'INNER_ERROR A system error occurred. — Contact the administrator.',
  ),
  bad(
    'refused, errorDetail as text',
    'refused-with-error-detail-as-text.json',
    'OmsRefused',
    'java.lang.IllegalStateException: no leader',
  ),
  bad('refused without a message', 'refused-without-a-word.json', 'OmsRefused', 'OMS refused GET'),
  bad('refused with 400', '400-with-words.http', 'OmsRefused', 'PARAM_ERROR id is malformed'),
  bad(
    'a project that OMS does not have',
    'project-unknown.json',
    'OmsProjectNotFound',
    'OMS has no such project: [GHANA-PROJECT000001]',
    { requests: 2 },
  ),
  bad(
    'the same, only in errorDetail',
    'project-unknown-in-error-detail-only.json',
    'OmsProjectNotFound',
    'OMS has no such project',
    { requests: 2 },
  ),
  bad('the same, with 404', '404-with-project-unknown.http', 'OmsProjectNotFound', 'OMS has no such project', {
    requests: 2,
  }),
  bad(
    'a project of the other kind',
    (socket, _count, request) =>
      socket.end(replyFrom(request.includes('/sync/') ? 'sync-success.json' : 'project-unknown.json')),
    'OmsProjectNotFound',
    'OMS has a synchronization project of this id: use --kind sync',
    { requests: 2 },
  ),

  bad(
    '401 of a proxy',
    answer(['401 Unauthorized', 'Via: 1.1 squid (squid/5.7)', HTML], DENIED),
    'OmsUnreachable',
    'came from a proxy or gateway in front of OMS (via: 1.1 squid',
  ),
  bad(
    '401 that asks for another kind of credentials',
    answer(['401 Unauthorized', 'WWW-Authenticate: Negotiate']),
    'OmsUnreachable',
    '(WWW-Authenticate: Negotiate)',
  ),
  bad(
    '403 of a web application firewall',
    answer(['403 Forbidden', 'Server: cloudflare', HTML], DENIED),
    'OmsUnreachable',
    '(Server: cloudflare)',
  ),
  bad(
    '403 of an API gateway',
    answer(
      ['403 Forbidden', 'x-amzn-errortype: ForbiddenException', 'Content-Type: application/json'],
      '{"message":"Forbidden"}',
    ),
    'OmsUnreachable',
    'x-amzn-errortype',
  ),
  bad(
    '403 with a page that is not of OMS',
    answer(['403 Forbidden', 'Server: nginx', HTML], DENIED),
    'OmsUnreachable',
    'an HTML page that is not of OMS',
  ),
  bad(
    '401 of a password that nginx asks for',
    answer(['401 Unauthorized', 'Server: nginx', 'WWW-Authenticate: Basic realm="Restricted"', HTML], DENIED),
    'OmsUnreachable',
    'an HTML page that is not of OMS',
  ),
  bad(
    '401 of Tomcat',
    answer(
      ['401 ', 'WWW-Authenticate: Basic realm="Console"', HTML],
      '<!doctype html><html><head><title>HTTP Status 401</title></head><body><h3>Apache Tomcat/9.0.70</h3></body></html>',
    ),
    'OmsRejectedCredentials',
    'it does not accept',
  ),
  bad(
    '407',
    answer(['407 Proxy Authentication Required', 'Proxy-Authenticate: Basic realm="proxy"']),
    'OmsUnreachable',
    'give them in the address of the proxy',
  ),
  bad(
    '401 of OMS through a proxy',
    answer(['401 Unauthorized', 'Via: 1.1 proxy', 'WWW-Authenticate: Basic realm="OMS"']),
    'OmsRejectedCredentials',
    'it does not accept',
  ),
  bad(
    '403 in the envelope of OMS through a proxy',
    answer(['403 Forbidden', 'Via: 1.1 proxy'], '{"success":false,"code":"NO_PERMISSION","message":"Sign in."}'),
    'OmsRejectedCredentials',
    'NO_PERMISSION Sign in: it does not accept',
  ),
  bad('401', '401.http', 'OmsRejectedCredentials', 'HTTP 401 (Unauthorized)'),
  bad(
    '401 with a body that says success',
    '401-with-a-success-body.http',
    'OmsRejectedCredentials',
    'HTTP 401 (Unauthorized)',
  ),
  bad('403', '403.http', 'OmsRejectedCredentials', 'HTTP 403 (Forbidden)'),
  bad('a redirect to a login page', 'redirect-to-login.http', 'OmsRejectedCredentials', 'redirects to /login:'),
  bad(
    'a redirect to another host',
    'redirect-to-https.http',
    'OmsUnreachable',
    'it redirects to https://oms.example.internal/',
  ),

  bad('408', '408.http', 'OmsUnreachable', 'HTTP 408 (Request Timeout)', {
    requests: 3,
    options: { requestTimeoutMs: 5_000 },
  }),
  bad('429, come back at once', '429-retry-after-now.http', 'OmsUnreachable', 'HTTP 429 (Too Many Requests)', {
    requests: 3,
    options: { requestTimeoutMs: 5_000 },
  }),
  bad('429, come back in two minutes', '429-retry-after-two-minutes.http', 'OmsUnreachable', 'Retry-After: 120'),
  bad('500 without a body', '500-without-a-body.http', 'OmsUnreachable', 'HTTP 500 (Internal Server Error)', {
    requests: 3,
    options: { requestTimeoutMs: 5_000 },
  }),
  bad(
    '502 with a page of a proxy',
    '502-with-html.http',
    'OmsUnreachable',
    'HTTP 502 (Bad Gateway) to GET /api/omsp/v2/migrations/p_x/progress',
    { requests: 3, options: { requestTimeoutMs: 5_000 } },
  ),
  bad('503 with a message of OMS', '503-with-words.http', 'OmsUnreachable', 'OMS_STARTING OMS is starting.', {
    requests: 3,
    options: { requestTimeoutMs: 5_000 },
  }),
  bad('501', '501.http', 'OmsUnreachable', 'HTTP 501 (Not Implemented)'),
  bad('no server on the port', 'no server', 'OmsUnreachable', 'connection refused', { requests: 0 }),
  bad('a name that does not resolve', 'no such host', 'OmsUnreachable', 'the host name does not resolve', {
    requests: 0,
    options: { requestTimeoutMs: 5_000 },
  }),
  bad(
    'a certificate of an unknown authority',
    'tls',
    'OmsUnreachable',
    'signed by an unknown certificate authority; give the CA certificate with --ca / omsCa',
    { requests: 0, options: { requestTimeoutMs: 5_000 } },
  ),
  bad(
    'a connection closed before any answer',
    (socket) => socket.destroy(),
    'OmsUnreachable',
    'the connection was closed before a complete answer came',
    { requests: 3, options: { requestTimeoutMs: 5_000 } },
  ),
  bad(
    'a connection reset',
    (socket) => socket.resetAndDestroy(),
    'OmsUnreachable',
    'the connection was closed before a complete answer came',
    { requests: 3, options: { requestTimeoutMs: 5_000 } },
  ),
  bad(
    'a connection closed half-way through the body',
    'closed-half-way.http',
    'OmsUnreachable',
    '200 bytes of the body had come',
    { requests: 3, options: { requestTimeoutMs: 5_000 } },
  ),
  bad('a body that stalls half-way', stalled, 'OmsUnreachable', 'body stalled at 120 bytes'),
  bad('no answer at all', () => {}, 'OmsUnreachable', 'within 0.4 s (nothing came)'),
  {
    ...ok(
      'a connection reset once, then an answer',
      once((socket) => socket.resetAndDestroy()),
      { status: 'RUNNING' },
    ),
    requests: 2,
    options: { requestTimeoutMs: 5_000 },
  },
  {
    ...ok(
      '503 once, then an answer',
      once((socket) => socket.end(replyFrom('503-with-words.http'))),
      { status: 'RUNNING' },
    ),
    requests: 2,
    options: { requestTimeoutMs: 5_000 },
  },
];
