/**
 * Builds what only the published package needs: the constructs as JavaScript with their types, in dist/lib. Separate from `npm run build`,
 * which every `npm ci` runs.
 */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

const root = join(__dirname, '..');
const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc');

// Otherwise a file whose source was renamed or deleted would still be published.
rmSync(join(root, 'dist', 'lib'), { recursive: true, force: true });
const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' });
process.exitCode = status ?? 1;
