/** A request with the credentials of OMS, once more where they were rotated meanwhile. */
import { CheckFailed, OmsCutoverError } from '../../core/model/errors';
import type { Credentials, CredentialsSource } from '../../core/ports';
import { basicAuthorization } from './http/basic-auth';
import type { Deadline } from './http/deadline';
import { type Exchange, isRedirect, type OmsHttp, type OmsRequest } from './http/transport';
import type { Secrets } from './redact';

export class OmsSession {
  private readonly http: OmsHttp;
  private readonly credentials: CredentialsSource;
  private readonly secrets: Secrets;
  private sent: Credentials | null = null;

  constructor(http: OmsHttp, credentials: CredentialsSource, secrets: Secrets) {
    this.http = http;
    this.credentials = credentials;
    this.secrets = secrets;
  }

  /** Throws CheckFailed when the credentials cannot be read, Interrupted when the caller gave up. */
  async send(request: OmsRequest, deadline: Deadline): Promise<Exchange> {
    const first = await this.read('read', deadline);
    const exchange = await this.sendWith(first, request, deadline);
    if (!isRejection(exchange)) return exchange;
    // A rotated password heals by itself. An unchanged one is not sent again: that could lock the account.
    let second: Credentials;
    try {
      second = await this.read('reread', deadline);
    } catch {
      // The rejection says more than a secret store that is out of reach.
      deadline.throwIfInterrupted();
      return exchange;
    }
    if (second.username === first.username && second.password === first.password) return exchange;
    return this.sendWith(second, request, deadline);
  }

  /** What may be wrong with the credentials that were sent last, without showing them; null where nothing stands out. */
  credentialsHint(): string | null {
    const { username = '', password = '' } = this.sent ?? {};
    const hints = [hintOn('the user name', username), hintOn('the password', password)].filter((hint) => hint !== null);
    return hints.length === 0 ? null : hints.join(', ');
  }

  private sendWith(credentials: Credentials, request: OmsRequest, deadline: Deadline): Promise<Exchange> {
    this.sent = credentials;
    this.secrets.add(credentials);
    return this.http.send(request, basicAuthorization(credentials), deadline);
  }

  private async read(how: 'read' | 'reread', deadline: Deadline): Promise<Credentials> {
    let credentials: Credentials | undefined;
    try {
      credentials = await deadline.within(this.credentials[how]());
    } catch (error) {
      if (error instanceof OmsCutoverError) throw error;
      throw new CheckFailed('the credentials for OMS could not be read', error);
    }
    deadline.throwIfInterrupted();
    if (credentials === undefined) {
      throw new CheckFailed(`the credentials for OMS could not be read within ${deadline.timeoutMs} ms`);
    }
    return credentials;
  }
}

/** What copying from a page or editing a file leaves. It is only reported: a password may really begin with a blank. */
function hintOn(what: string, text: string): string | null {
  if (/[\r\n]/.test(text)) return `${what} contains a line break`;
  if (text !== text.trim()) return `${what} begins or ends with a blank`;
  return /^(["'`]).*\1$|^[“‘«].*[”’»]$/.test(text) ? `${what} stands in quotes` : null;
}

function isRejection(exchange: Exchange): boolean {
  return (
    exchange.kind === 'reply' && (exchange.status === 401 || exchange.status === 403 || isRedirect(exchange.status))
  );
}
