/**
 * One start of one function in a process of its own: node child.cjs FILE EVENTS WARM_INVOCATIONS. The first event is the cold one. Plain
 * JavaScript, because a TypeScript loader would be measured too. Prints its figures on file descriptor 3; what the function logs is counted.
 */
const { writeSync } = require('node:fs');
const { pathToFileURL } = require('node:url');

const [, , file, events, warm] = process.argv;
const context = { getRemainingTimeInMillis: () => 150_000 };

let logged = 0;
process.stdout.write = (text) => {
  logged += Buffer.byteLength(text);
  return true;
};

const cpuMs = (since) => {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
};

async function main() {
  const before = process.cpuUsage();
  const began = performance.now();
  const { handler } = file.endsWith('.mjs') ? await import(pathToFileURL(file)) : require(file);
  const loadMs = performance.now() - began;
  const [first, ...others] = JSON.parse(events);
  await handler(first, context);
  const cold = { loadMs, firstMs: performance.now() - began - loadMs, cpuMs: cpuMs(before) };
  const measured = [];
  for (const event of [first, ...others]) {
    for (let i = 0; i < warm / 2; i += 1) await handler(event, context);
    logged = 0;
    const cpu = process.cpuUsage();
    for (let i = 0; i < warm; i += 1) await handler(event, context);
    measured.push({ cpuMs: cpuMs(cpu) / warm, logBytes: logged / warm });
  }
  writeSync(3, JSON.stringify({ ...cold, warm: measured }));
  process.exit(0);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
