/**
 * One start of one function in a process of its own: node child.cjs FILE EVENT WARM_INVOCATIONS. The first invocation is the cold one. Plain
 * JavaScript, because a TypeScript loader would be measured too. Prints its figures on file descriptor 3; what the function logs is counted.
 */
const { writeSync } = require('node:fs');
const { pathToFileURL } = require('node:url');

const [, , file, json, warm] = process.argv;
const event = JSON.parse(json);
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
  await handler(event, context);
  const cold = { loadMs, firstMs: performance.now() - began - loadMs, cpuMs: cpuMs(before) };
  for (let i = 0; i < warm / 2; i += 1) await handler(event, context);
  logged = 0;
  const cpu = process.cpuUsage();
  for (let i = 0; i < warm; i += 1) await handler(event, context);
  writeSync(3, JSON.stringify({ ...cold, warmCpuMs: cpuMs(cpu) / warm, logBytes: logged / warm }));
  process.exit(0);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
