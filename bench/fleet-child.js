/**
 * The checking process of bench/fleet.ts: the handler's bundle as it deploys, and nothing else, so that its memory is the function's.
 * Plain JavaScript, because a TypeScript loader would be in the same memory. Argument: the bundle. One order a message, one report back.
 */
const { readFileSync } = require('node:fs');
const { handler } = require(process.argv[2]);

/** Of this program only: what the system calls maximum resident set also counts the parent's memory before the start. */
function peakMiB() {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))[1]) / 1024;
  } catch {
    return process.resourceUsage().maxRSS / 1024;
  }
}

/** The bench is about throughput: 10,000 projects may take longer than an invocation. */
const context = { getRemainingTimeInMillis: () => 3_600_000 };

process.on('message', async (event) => {
  const cpu = process.cpuUsage();
  const began = performance.now();
  const report = await handler(event, context);
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  process.send({ seconds, checked: report.checked, cpuSeconds: (user + system) / 1e6, peakMiB: peakMiB() });
});

process.send({ ready: true });
