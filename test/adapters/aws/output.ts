/** What a call writes to the standard outputs, line by line, each parsed as JSON. */
export async function linesOf(call: () => unknown): Promise<Record<string, unknown>[]> {
  const written: string[] = [];
  const take = (chunk: unknown): boolean => {
    written.push(String(chunk));
    return true;
  };
  const spies = [process.stdout, process.stderr].map((stream) => jest.spyOn(stream, 'write').mockImplementation(take));
  try {
    await call();
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  const text = written.join('');
  expect(text === '' || text.endsWith('\n')).toBe(true);
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
