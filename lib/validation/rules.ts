/** Rules for construct props and app settings. Those of lambda/contract are the same at run time. */

import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Duration } from 'aws-cdk-lib';
import { omsEndpointProblem } from '../../lambda/contract/values/oms-endpoint';
import { projectIdProblem } from '../../lambda/contract/values/project-id';
import { type Rule, show } from './problems';

export function oneOf<T extends string>(values: readonly T[]): Rule<string> {
  return {
    expected: `one of ${values.join(', ')}`,
    example: String(values[0]),
    accepts: (value) => (values as readonly string[]).includes(value),
  };
}

export const ENDPOINT: Rule<string> = {
  expected: 'the http or https address of the OMS console, without user, query or fragment',
  example: 'http://10.0.0.5:8089',
  accepts: (value) => typeof value === 'string' && omsEndpointProblem(value) === null,
  shown: (value) =>
    String(value).includes('@') ? 'one that is not shown, because it may hold a password' : show(value),
};

/** The id becomes a path segment, a key and part of an e-mail. */
export const PROJECT_ID: Rule<string> = {
  expected:
    'the id of an OMS project, 1 to 128 characters without white space, control characters, "..", or any of / \\ ? # %',
  example: 'p_4gmn25m4rvwg',
  accepts: (value) => typeof value === 'string' && projectIdProblem(value) === null,
};

export const EMAIL: Rule<string> = {
  expected: 'an e-mail address',
  example: 'dba@example.com',
  accepts: (value) => value.length <= 254 && /^[^\s@<>,;"]+@[^\s@<>,;".]+(\.[^\s@<>,;".]+)+$/.test(value),
};

/** Alarms append the anchor of their section. */
export const RUNBOOK_URL: Rule<string> = {
  expected: 'the http or https address of a page, without fragment',
  example: 'https://wiki.example.com/oms-cutover/runbook',
  accepts: (value) => value.length <= 500 && /^https?:\/\/[^\s#]+$/i.test(value) && URL.canParse(value),
};

/** A private key in the file would be deployed, readable by everyone who can read the function. */
export const CA_FILE: Rule<string> = {
  expected: 'the path of a PEM file with certificates and nothing else',
  example: 'certs/company-ca.pem',
  accepts: (path) => flawOfCaFile(path) === null,
  shown: (path) => `${show(path)}, ${flawOfCaFile(path)}`,
};

function flawOfCaFile(path: string): string | null {
  let pem: string;
  try {
    pem = readFileSync(path, 'utf8');
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT'
      ? 'which does not exist'
      : `which cannot be read: ${(error as Error).message}`;
  }
  if (pem.includes('PRIVATE KEY-----')) return 'which holds a private key';
  const certificates = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g);
  if (certificates === null) return 'which holds no certificate';
  return certificates.every(isCertificate) ? null : 'which holds a damaged certificate';
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).serialNumber !== '';
  } catch {
    return false;
  }
}

/** Whole units between two lengths of time, both allowed. */
export function durationBetween(
  least: Duration,
  most: Duration,
  unit: 'seconds' | 'minutes' | 'days',
  example: string,
): Rule<Duration> {
  const size = { seconds: 1000, minutes: 60_000, days: 86_400_000 }[unit];
  return {
    expected: `whole ${unit} between ${least.toHumanString()} and ${most.toHumanString()}`,
    example,
    accepts: (value) => {
      // It is compared and converted at synth.
      if (value.isUnresolved()) return false;
      const ms = value.toMilliseconds();
      return ms % size === 0 && ms >= least.toMilliseconds() && ms <= most.toMilliseconds();
    },
    shown: (value) => (value.isUnresolved() ? 'one that is only known at deployment' : value.toHumanString()),
  };
}
