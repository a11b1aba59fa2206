/**
 * Builds what only the published package needs: the constructs as JavaScript with their types, in dist/lib. Apart from `npm run build`,
 * which every `npm ci` runs and which nothing here would make any better.
 */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

const root = join(__dirname, '..');
const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc');

// A file whose source was renamed or deleted would be published still.
rmSync(join(root, 'dist', 'lib'), { recursive: true, force: true });
const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' });
process.exitCode = status ?? 1;
