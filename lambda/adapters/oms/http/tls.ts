/** Whose certificates OMS may present. */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';
import { InvalidInput } from '../../../core/model/errors';

const PEM = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

export interface GivenCa {
  readonly context: SecureContext;
  /** `CN=Example Root CA`, one for each certificate that was given. */
  readonly subjects: readonly string[];
  /** False where none of the certificates may sign others: a server's certificate was given. */
  readonly isAuthority: boolean;
}

/** Trusts the given authorities beside the public ones and those of NODE_EXTRA_CA_CERTS: Node's `ca` option alone replaces both. */
export function trusting(ca: string): GivenCa {
  const blocks = ca.match(PEM) ?? [];
  if (blocks.length === 0) throw badCa('holds no certificate');
  const certificates = blocks.map((block, index) => {
    try {
      return new X509Certificate(block);
    } catch (cause) {
      throw badCa(
        `is damaged: certificate ${index + 1} of ${blocks.length} cannot be read (${(cause as Error).message})`,
      );
    }
  });
  return {
    context: createSecureContext({ ca: [...rootCertificates, ...extraCertificates(), ...blocks] }),
    subjects: certificates.map(({ subject }) => subject.split('\n').at(-1) ?? ''),
    isAuthority: certificates.some((certificate) => certificate.ca),
  };
}

/** Node trusts this file, but only as long as no other `ca` is given. Where it cannot be read, Node has warned. */
function extraCertificates(): readonly string[] {
  const file = process.env.NODE_EXTRA_CA_CERTS;
  if (file === undefined || file === '') return [];
  try {
    return readFileSync(file, 'utf8').match(PEM) ?? [];
  } catch {
    return [];
  }
}

function badCa(problem: string): InvalidInput {
  return new InvalidInput([
    `the CA for OMS ${problem}; expected PEM text that begins with "-----BEGIN CERTIFICATE-----"`,
  ]);
}
