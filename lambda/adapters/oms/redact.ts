/** Sanitizes text from outside for logs, e-mails and terminals: no secrets, no control characters, a maximum length. */
import { plain, wellFormed } from '../../contract/values/text';
import type { Credentials } from '../../core/ports';
import { basicAuthorization } from './http/basic-auth';

export type Clean = (text: string, maxLength: number) => string;

/** A shorter password occurs within ordinary words, and redacting it there would reveal it. */
const SHORTEST_SECRET = 4;
/** A rotated password and its predecessors are redacted: more rotations than one process sees. */
const REMEMBERED = 8;

/** Knows the passwords in use and redacts them in any text, in the forms in which a server may echo them. */
export class Secrets {
  private forms: string[] = [];

  add(credentials: Credentials): void {
    const added = formsOf(credentials).filter((form) => !this.forms.includes(form));
    if (added.length === 0) return;
    // Longest first, so that a form that contains another is taken out whole.
    this.forms = [...added, ...this.forms].slice(0, REMEMBERED * 7).sort((a, b) => b.length - a.length);
  }

  /** The text on one line, without secrets and control characters, cut to `maxLength` characters. */
  readonly clean: Clean = (text, maxLength) => {
    // Longer than anything shown: a megabyte need not be searched once for each form.
    let cleaned = text.slice(0, maxLength * 4 + 4_000);
    const wasCut = cleaned.length < text.length;
    for (const form of this.forms) cleaned = cleaned.replaceAll(form, '[redacted]');
    // The cut may have split a secret, whose first half no form matches.
    if (wasCut) cleaned = cleaned.slice(0, -(this.forms[0]?.length ?? 0) || undefined);
    return plain(cleaned, maxLength);
  };
}

function formsOf(credentials: Credentials): string[] {
  const { password } = credentials;
  const forms = [basicAuthorization(credentials).slice('Basic '.length)];
  if (password.length >= SHORTEST_SECRET) {
    forms.push(
      password,
      encodeURIComponent(wellFormed(password)),
      JSON.stringify(password).slice(1, -1),
      password.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
      Buffer.from(password, 'utf8').toString('base64'),
      Buffer.from(password, 'utf8').toString('hex'),
    );
  }
  return [...new Set(forms)];
}
