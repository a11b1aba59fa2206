/** One call within a deadline: credentials, tries, and one more try when the credentials were rotated under us. */
import { CheckFailed, OmsCutoverError } from '../../../core/model/errors';
import type { Credentials, CredentialsSource } from '../../../core/ports';
import { exchange } from '../attempts';
import { basicAuthorization, type Secrets } from '../redact';
import type { Deadline } from './deadline';
import { type Exchange, isRedirect, type OmsHttp, type OmsRequest } from './transport';

export interface SessionOptions {
  readonly http: OmsHttp;
  readonly credentials: CredentialsSource;
  readonly secrets: Secrets;
  readonly random: () => number;
}

export class OmsSession {
  private readonly options: SessionOptions;

  constructor(options: SessionOptions) {
    this.options = options;
  }

  /** Throws CheckFailed when there are no credentials to be had, Interrupted when the caller gave up. */
  async call(request: OmsRequest, deadline: Deadline): Promise<Exchange> {
    const first = await this.read('read', deadline);
    const answer = await this.exchange(request, first, deadline);
    if (!isRejection(answer)) return answer;
    // A rotated password heals by itself; an unchanged one is not tried again, for that could lock the account.
    let second: Credentials;
    try {
      second = await this.read('reread', deadline);
    } catch {
      // The rejection is what OMS said, and says more than a secret store that is out of reach.
      deadline.throwIfInterrupted();
      return answer;
    }
    if (second.username === first.username && second.password === first.password) return answer;
    return this.exchange(request, second, deadline);
  }

  private exchange(request: OmsRequest, credentials: Credentials, deadline: Deadline): Promise<Exchange> {
    this.options.secrets.add(credentials);
    const { http, random } = this.options;
    return exchange(request, basicAuthorization(credentials), { http, deadline, random });
  }

  private async read(how: 'read' | 'reread', deadline: Deadline): Promise<Credentials> {
    let credentials: Credentials | undefined;
    try {
      credentials = await deadline.within(this.options.credentials[how]());
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

function isRejection(answer: Exchange): boolean {
  return answer.kind === 'reply' && (answer.status === 401 || answer.status === 403 || isRedirect(answer.status));
}
