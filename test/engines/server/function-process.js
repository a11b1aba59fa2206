/** Runs the handler of the bundle in argv[2], one event at a time. */
const { handler } = require(process.argv[2]);

process.on('message', async ({ event, timeoutMs }) => {
  const endsAt = Date.now() + timeoutMs;
  const context = { getRemainingTimeInMillis: () => Math.max(0, endsAt - Date.now()) };
  try {
    process.send({ reply: (await handler(event, context)) ?? null });
  } catch (error) {
    process.send({ error: { errorType: error.name, errorMessage: error.message, trace: [] } });
  }
});
