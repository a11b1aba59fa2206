/** Starts of the command line, each a process of its own, in turn: Node alone, `--version`, and `check` of both sides. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../compare/base-tree';
import { inTurn, median, medianRatio, rounded } from './medians';
import { startPeers } from './peers';

/** @param before the tree of the other side; the same as ours where there is none. */
export async function measureCommandLine(before: string, rounds: number) {
  const peers = await startPeers();
  const folder = mkdtempSync(join(tmpdir(), 'oms-cutover-bench-'));
  const check = (tree: string, data: string) => [
    join(tree, 'dist/oms-cutover.js'),
    ...['check', '--endpoint', peers.env.OMS_ENDPOINT ?? '', '--project', 'p_bench', '--data-dir', join(folder, data)],
  ];
  const programs = [
    ['-e', '0'],
    [join(ROOT, 'dist/oms-cutover.js'), '--version'],
    check(ROOT, 'ours'),
    ...(before === ROOT ? [] : [check(before, 'before')]),
  ];
  const times: number[][] = programs.map(() => []);
  try {
    // One more, which is not counted: the folder's first check creates the database.
    for (let round = 0; round <= rounds; round += 1) {
      for (const index of inTurn(programs.length, round)) {
        const ms = await runMs(programs[index] ?? []);
        if (round > 0) times[index]?.push(ms);
      }
    }
  } finally {
    peers.close();
    rmSync(folder, { recursive: true, force: true });
  }
  const [node = [], version = [], ours = [], theirs] = times;
  return {
    nodeMs: rounded(median(node), 0),
    versionMs: rounded(median(version), 0),
    versionToNode: medianRatio(version, node),
    checkMs: rounded(median(ours), 0),
    ...(theirs === undefined ? {} : { beforeMs: rounded(median(theirs), 0), checkToBefore: medianRatio(ours, theirs) }),
  };
}

function runMs(args: readonly string[]): Promise<number> {
  const began = performance.now();
  const env = { PATH: process.env.PATH, OMS_USERNAME: 'bench', OMS_PASSWORD: 'bench' };
  const child = spawn(process.execPath, [...args], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  return new Promise((resolve, reject) => {
    child.on('close', (status) => {
      if (status === 0) resolve(performance.now() - began);
      else reject(new Error(`${args.join(' ')} ended with ${status}`));
    });
  });
}
