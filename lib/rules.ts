/** What the settings of a monitor have to be. Values that the running code checks again are held to the same rules there. */

import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { Duration } from 'aws-cdk-lib';
import type { Rule } from './problems';

export const OMS_APIS = ['auto', '3.3', '4.1.1'] as const;
export type OmsApi = (typeof OMS_APIS)[number];

export const OMS_KINDS = ['migration', 'sync'] as const;
export type OmsKind = (typeof OMS_KINDS)[number];

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
  accepts: (value) => {
    if (!/^https?:\/\/[^\s?#]+$/i.test(value) || !URL.canParse(value)) return false;
    const url = new URL(value);
    return url.username === '' && url.password === '';
  },
};

/** The id becomes a path segment of OMS's address and the key of an item: nothing may leave its place in either. */
export const PROJECT_ID: Rule<string> = {
  expected: 'the id of an OMS project: 1 to 128 characters, no "/", no "\\", no "..", no control characters',
  example: 'p_4gmn25m4rvwg',
  accepts: (value) =>
    value.length >= 1 &&
    value.length <= 128 &&
    !/[/\\\p{Cc}]|\.\./u.test(value) &&
    value.trim() === value &&
    value !== '.',
};

export const EMAIL: Rule<string> = {
  expected: 'an e-mail address',
  example: 'dba@example.com',
  accepts: (value) => value.length <= 254 && /^[^\s@<>,;"]+@[^\s@<>,;".]+(\.[^\s@<>,;".]+)+$/.test(value),
};

/** A file of certificates only: a private key in it would be deployed with the function for everyone to read. */
export const CA_FILE: Rule<string> = {
  expected: 'the path of a PEM file with certificates and no private key',
  example: 'certs/company-ca.pem',
  accepts: (path) => {
    if (!existsSync(path)) return false;
    try {
      const pem = readFileSync(path, 'utf8');
      const certificates = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
      for (const certificate of certificates) new X509Certificate(certificate);
      return certificates.length > 0 && !pem.includes('PRIVATE KEY');
    } catch {
      return false;
    }
  },
};

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
      if (value.isUnresolved()) return true;
      const ms = value.toMilliseconds();
      return ms % size === 0 && ms >= least.toMilliseconds() && ms <= most.toMilliseconds();
    },
  };
}
