/** `npm run keep-release`, at a release: stores the parts of its templates that the next update must not replace. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { version } from '../../package.json';
import { currentTemplate, kept, RELEASED_STACKS, releasedFile, synthesizeStacks } from './released';

async function main(): Promise<void> {
  process.env.CDK_VALIDATION = 'false';
  const folder = mkdtempSync(join(tmpdir(), 'oms-cutover-release-'));
  try {
    await synthesizeStacks(folder);
    for (const stack of RELEASED_STACKS) {
      const text = JSON.stringify(kept(currentTemplate(folder, stack), version), null, 2);
      writeFileSync(releasedFile(stack), `${text}\n`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

main().catch((error: Error) => {
  process.stderr.write(`${error.stack ?? error.message}\n`);
  process.exitCode = 1;
});
