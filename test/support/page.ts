/** Pages of documentation that are held to the program. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A page's text, by its path from the repository's root. */
export function readPage(path: string): string {
  return readFileSync(join(__dirname, '../..', path), 'utf8');
}

/** Fails where what a page says is not what the program does, and says which is which. */
export function expectPage(path: string, { says, does }: { readonly says: unknown; readonly does: unknown }): void {
  try {
    expect(does).toEqual(says);
  } catch (error) {
    const which = `${path} and the program differ. Expected is what the page says, Received is what the program does.`;
    throw new Error(`${which}\n\n${(error as Error).message}`);
  }
}
