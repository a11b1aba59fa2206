/** How the command line reaches an OMS: the flags that say where, and who asks. */
import { readFileSync, statSync } from 'node:fs';
import { OmsClient } from '../../lambda/adapters/oms/client';
import { DEFAULTS } from '../../lambda/contract/defaults';
import { API_CHOICES, type ApiChoice, PROJECT_KINDS, type ProjectKind } from '../../lambda/contract/oms';
import { omsEndpointProblem, sendsPasswordInClear } from '../../lambda/contract/oms-endpoint';
import type { Clock, Credentials } from '../../lambda/core/ports';
import type { Flags, FlagTable } from './flags';

export const CONNECTION_FLAGS: FlagTable = {
  endpoint: { value: 'URL', about: 'the OMS console, such as http://10.0.0.5:8089' },
  'credentials-file': { value: 'FILE', about: 'JSON with username and password; else OMS_USERNAME and OMS_PASSWORD' },
  api: { value: 'auto|3.3|4.1.1', about: 'which calls OMS has (default auto: find out)' },
  kind: { value: 'migration|sync', about: 'kind of project (default migration)' },
  ca: { value: 'FILE', about: 'PEM file with the authority that signed the certificate of OMS' },
  'request-timeout': { value: 'D', about: 'longest one look may take, retries included (default 10s)' },
};

export interface Connection {
  readonly endpoint: string;
  readonly api: ApiChoice;
  readonly kind: ProjectKind;
  readonly credentials: Credentials;
  /** Asked again where OMS refuses them: a file may hold others by then. */
  readonly rereadCredentials: () => Credentials;
  readonly ca: string | null;
  readonly requestTimeoutMs: number;
  /** What a person should know before going on. */
  readonly warnings: readonly string[];
}

/** Adds what is wrong to `flags.problems`. */
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
    requestTimeoutMs: (flags.seconds('request-timeout', 1) ?? DEFAULTS.requestTimeoutSeconds) * 1000,
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
  // Basic authorization ends the name at the first colon.
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
  if ((statSync(file).mode & 0o077) !== 0)
    warnings.push(`${file} can be read by others on this machine; chmod 600 it.`);
  const credentials = credentialsIn(text);
  // Said without the text: it is, or nearly is, the password.
  if (credentials === null)
    flags.problems.push(`--credentials-file ${file} must hold JSON with the texts "username" and "password"`);
  return credentials ?? { username: '', password: '' };
}

/** Null for what holds none. An editor may have put a byte-order mark before it. */
function credentialsIn(text: string): Credentials | null {
  try {
    const { username, password } = JSON.parse(text.replace(/^\uFEFF/, '')) as Record<string, unknown>;
    if (typeof username === 'string' && username !== '' && typeof password === 'string' && password !== '')
      return { username, password };
  } catch {
    // No JSON: none.
  }
  return null;
}

/** Empty where the file cannot be read any more. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function readCa(flags: Flags): string | null {
  const file = flags.text('ca');
  if (file === undefined) return null;
  const pem = readText('ca', file, flags);
  if (pem !== null && !pem.includes('-----BEGIN CERTIFICATE-----')) {
    flags.problems.push(`--ca ${file} holds no PEM certificate (-----BEGIN CERTIFICATE-----)`);
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
