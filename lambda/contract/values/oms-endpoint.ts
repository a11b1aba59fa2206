/** The rule for the base address of OMS. */

import { plainLine } from './text';

const EXPECTED = 'expected the address of the OMS console, such as http://10.0.0.5:8089';

/** The problem with an OMS endpoint, as one sentence; null for a valid one. A base path is allowed. Never repeats a password. */
export function omsEndpointProblem(endpoint: string): string | null {
  if (endpoint.trim() === '') return `the OMS endpoint is empty; ${EXPECTED}`;
  // What copying from a page or a file leaves; some of it would parse.
  const copied = /["'`“”‘’«»]/.test(endpoint) ? 'quotes' : /\p{Cf}/u.test(endpoint) ? 'an invisible character' : null;
  if (copied !== null) {
    return `the OMS endpoint${endpoint.includes('@') ? '' : ` ${quoted(endpoint)}`} holds ${copied}; ${EXPECTED}`;
  }
  let url: URL;
  try {
    url = new URL(endpoint);
  } catch {
    // It may still hold a password before an @.
    return `the OMS endpoint ${endpoint.includes('@') ? '(not shown: it may hold a password)' : quoted(endpoint)} is not a URL; ${EXPECTED}`;
  }
  // "host:8089" parses as a scheme: the most common mistake.
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    const value = endpoint.includes('@') ? '' : ` ${quoted(endpoint)}`;
    return `the OMS endpoint${value} does not begin with http:// or https://; ${EXPECTED}`;
  }
  if (url.username !== '' || url.password !== '') {
    return `the OMS endpoint holds a user name or password; leave them out of the address and give them as credentials (host ${url.host})`;
  }
  if (/\?|#/.test(endpoint)) return `the OMS endpoint ${quoted(endpoint)} holds a query or a fragment; ${EXPECTED}`;
  if (/\s/.test(endpoint)) return `the OMS endpoint ${quoted(endpoint)} holds white space; ${EXPECTED}`;
  return null;
}

/** Whether the password would cross a network unencrypted: plain HTTP to anything but this machine. False for what is not a URL. */
export function sendsPasswordInClear(endpoint: string): boolean {
  try {
    const { protocol, hostname } = new URL(endpoint);
    return protocol === 'http:' && !/^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
  } catch {
    return false;
  }
}

function quoted(value: string): string {
  return `"${plainLine(value, 80)}"`;
}
