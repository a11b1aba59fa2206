/** HTTP Basic authentication (RFC 7617): OMS asks for it, and proxies may. */
import type { Credentials } from '../../../core/ports';

/** The value of an Authorization header. */
export function basicAuthorization({ username, password }: Credentials): string {
  return `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`;
}
