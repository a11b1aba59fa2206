import { mkdtempSync, writeFileSync } from 'node:fs';
import { systemClock } from '../../lambda/adapters/system-clock';
import { synthesize } from './assembly';
import { LambdaHost } from './lambda-host';
import { playOnLaptop } from './laptop';
import { LiveStacks } from './live';
import { startMoto } from './moto';
import { startMinistack } from './ministack';
import { World } from './world';
import { SCENARIOS } from './scenarios';
async function main() {
  const folder = mkdtempSync('/tmp/eng/run-');
  const list = SCENARIOS.filter(s => !s.skipsWaits && (process.argv[3] === undefined || s.name.includes(process.argv[3])));
  const world = await World.start(list, systemClock);
  const a = synthesize(folder, world.simulator.url, 'p_x');
  writeFileSync(`/tmp/eng/laptop.json`, JSON.stringify([...await playOnLaptop(list, a)], null, 1));
  for (const start of [startMoto, startMinistack]) {
  const world = await World.start(list, systemClock);
  const a = synthesize(folder, world.simulator.url, 'p_x');
  const host = await LambdaHost.start(async () => { throw new Error('not yet'); });
  const engine = await start({ lambdaUrl: host.url, waitScale: 1, folder });
  let stacks: LiveStacks | undefined;
  const all: [string, unknown][] = [];
  try {
    stacks = await LiveStacks.deploy(engine, a, world, host.url, folder);
    host.invoke = stacks.invoke;
    const t = Date.now();
    await Promise.all(list.map(async (s) => {
      const x = await stacks?.play(s);
      all.push([s.name, x]);
      console.log(s.name, JSON.stringify(s.ends), '=>', x?.status, x?.error, x?.cause?.slice(0, 150), x?.mails.map((m) => m.subject), x?.items.length, x?.steps, Date.now() - t);
    }));
  } catch (e) { console.log(e); } finally {
    console.log(host.failures);
    await stacks?.stop(); await engine.stop(); await host.close(); await world.simulator.close();
    writeFileSync(`/tmp/eng/${engine.name}.json`, JSON.stringify(all, null, 1));
  }
  }
  process.exit();
}
main();
