/** The flags for the connection to OMS. */
import { readFileSync, type Stats, statSync } from 'node:fs';
import { OmsClient } from '../../lambda/adapters/oms/client';
import { proxyFor } from '../../lambda/adapters/oms/http/proxy';
import { DEFAULTS } from '../../lambda/contract/defaults';
import { API_CHOICES, type ApiChoice, PROJECT_KINDS, type ProjectKind } from '../../lambda/contract/oms';
import { omsEndpointProblem, sendsPasswordInClear } from '../../lambda/contract/values/oms-endpoint';
import { InvalidInput } from '../../lambda/core/model/errors';
import type { Clock, Credentials } from '../../lambda/core/ports';
import { type Flags, type FlagTable, TIMED } from './flags';

export const CONNECTION_FLAGS: FlagTable = {
  endpoint: { value: 'URL', about: 'the OMS console, such as http://10.0.0.5:8089' },
  'credentials-file': { value: 'FILE', about: 'JSON with username and password (default: OMS_USERNAME, OMS_PASSWORD)' },
  api: { value: 'auto|3.3|4.1.1', about: 'API version of OMS (default auto: detect)' },
  kind: { value: 'migration|sync', about: 'kind of project (default migration)' },
  ca: { value: 'FILE', about: 'PEM file of the authority that issued the certificate of OMS' },
  'request-timeout': { value: 'D', about: 'timeout of a poll, retries included (default 10s)' },
};

export interface Connection {
  readonly endpoint: string;
  readonly api: ApiChoice;
  readonly kind: ProjectKind;
  readonly credentials: Credentials;
  /** Called when OMS rejects the credentials: the file may have changed. */
  readonly rereadCredentials: () => Credentials;
  readonly ca: string | null;
  readonly requestTimeoutMs: number;
  /** The proxy through which OMS is reached and the variable that names it; null where it is reached directly. */
  readonly proxy: string | null;
  readonly warnings: readonly string[];
}

/** Adds its problems to `flags.problems`. */
export function readConnection(flags: Flags, env: Readonly<Record<string, string | undefined>>): Connection {
  const warnings: string[] = [];
  const endpoint = flags.required('endpoint', 'the address of the OMS console, such as http://10.0.0.5:8089');
  const problem = endpoint === '' ? null : omsEndpointProblem(endpoint);
  if (problem !== null) flags.problems.push(problem);
  else if (sendsPasswordInClear(endpoint)) {
    warnings.push(
      `${endpoint} is plain HTTP: the OMS password crosses the network unencrypted. Use https:// where OMS has a certificate.`,
    );
  }
  if (endpoint.startsWith('https:') && env.NODE_TLS_REJECT_UNAUTHORIZED === '0') {
    warnings.push(
      'NODE_TLS_REJECT_UNAUTHORIZED=0 is ignored: the certificate of OMS is always verified. Give the CA certificate with --ca.',
    );
  }
  return {
    endpoint,
    api: flags.choice('api', API_CHOICES, 'auto'),
    kind: flags.choice('kind', PROJECT_KINDS, 'migration'),
    ...readCredentials(flags, env, warnings),
    ca: readCa(flags),
    proxy: problem === null && endpoint !== '' ? readProxy(endpoint, flags, env) : null,
    requestTimeoutMs: (flags.seconds('request-timeout', TIMED) ?? DEFAULTS.requestTimeoutSeconds) * 1000,
    warnings,
  };
}

export function openOms(connection: Connection, clock: Clock): OmsClient {
  const { credentials, rereadCredentials, ca } = connection;
  let current = credentials;
  return new OmsClient({
    endpoint: connection.endpoint,
    api: connection.api,
    kind: connection.kind,
    credentials: {
      read: async () => current,
      reread: async () => {
        current = rereadCredentials();
        return current;
      },
    },
    requestTimeoutMs: connection.requestTimeoutMs,
    clock,
    ...(ca === null ? {} : { ca }),
  });
}

const HOW =
  'set OMS_USERNAME and OMS_PASSWORD, or give --credentials-file with JSON such as {"username":"…","password":"…"}';

function readCredentials(
  flags: Flags,
  env: Readonly<Record<string, string | undefined>>,
  warnings: string[],
): Pick<Connection, 'credentials' | 'rereadCredentials'> {
  const file = flags.text('credentials-file');
  const credentials = file === undefined ? fromEnvironment(env, flags) : fromFile(file, flags, warnings);
  // In Basic authentication the name ends at the first colon.
  if (credentials.username.includes(':')) flags.problems.push('the OMS user name must not contain a colon');
  return {
    credentials,
    rereadCredentials: () => (file === undefined ? credentials : (credentialsIn(textOf(file)) ?? credentials)),
  };
}

function fromEnvironment(env: Readonly<Record<string, string | undefined>>, flags: Flags): Credentials {
  const [username, password] = [env.OMS_USERNAME ?? '', env.OMS_PASSWORD ?? ''];
  const missing = [username === '' ? 'OMS_USERNAME' : '', password === '' ? 'OMS_PASSWORD' : ''].filter(
    (name) => name !== '',
  );
  if (missing.length > 0) flags.problems.push(`no OMS credentials (${missing.join(' and ')} not set): ${HOW}`);
  return { username, password };
}

function fromFile(file: string, flags: Flags, warnings: string[]): Credentials {
  const text = readText('credentials-file', file, flags);
  if (text === null) return { username: '', password: '' };
  const shared = sharedFileWarning(file, statSync(file), process);
  if (shared !== null) warnings.push(shared);
  const credentials = credentialsIn(text);
  // Without the content, which may be the password.
  if (credentials === null)
    flags.problems.push(`--credentials-file ${file} must contain JSON with the strings "username" and "password"`);
  return credentials ?? { username: '', password: '' };
}

interface User {
  readonly platform: NodeJS.Platform;
  getuid?(): number;
}

/** For a file that other users can read. On Windows the mode says nothing about that, and that of a pipe or a terminal is not the user's. */
export function sharedFileWarning(file: string, stats: Stats, user: User): string | null {
  if (user.platform === 'win32' || !stats.isFile() || (stats.mode & 0o077) === 0) return null;
  const problem = `other users of this machine can read ${file}`;
  const uid = user.getuid?.();
  if (uid !== undefined && uid !== 0 && uid !== stats.uid)
    return `${problem}, which belongs to another user; use a copy of your own with mode 600`;
  return `${problem}; run chmod 600 ${quoted(file)}`;
}

/** As a word of a shell command. */
function quoted(file: string): string {
  if (/^[\w./~][\w./~:@%+,=-]*$/.test(file)) return file;
  return `${file.startsWith('-') ? './' : ''}'${file.replaceAll("'", "'\\''")}'`;
}

/** Null where there are none. Some editors write a byte order mark first. */
function credentialsIn(text: string): Credentials | null {
  try {
    const { username, password } = JSON.parse(text.replace(/^\uFEFF/, '')) as Record<string, unknown>;
    if (typeof username === 'string' && username !== '' && typeof password === 'string' && password !== '')
      return { username, password };
  } catch {
    // Not JSON.
  }
  return null;
}

/** Empty where the file can no longer be read. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function readProxy(endpoint: string, flags: Flags, env: Readonly<Record<string, string | undefined>>): string | null {
  try {
    return proxyFor(endpoint, env)?.shown ?? null;
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    flags.problems.push(...error.problems);
    return null;
  }
}

function readCa(flags: Flags): string | null {
  const file = flags.text('ca');
  if (file === undefined) return null;
  const pem = readText('ca', file, flags);
  if (pem !== null && !pem.includes('-----BEGIN CERTIFICATE-----')) {
    flags.problems.push(`--ca ${file} has no PEM certificate (-----BEGIN CERTIFICATE-----)`);
  }
  return pem;
}

function readText(flag: string, file: string, flags: Flags): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    flags.problems.push(`--${flag} ${file} cannot be read: ${(error as Error).message}`);
    return null;
  }
}
