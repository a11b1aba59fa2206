import { PowertoolsLog } from '../../../lambda/adapters/aws/powertools-log';
import { play } from '../../support/run';
import { ok, T0 } from '../../support/values/observations';
import { linesOf } from './output';

test('a check is one line: an object with the event, the project and every field of the result, unknown ones as null', async () => {
  const { last } = play([ok(T0)]);
  const [line] = await linesOf(() => new PowertoolsLog('Monitor').info('check', { projectId: last.project, ...last }));
  expect(line).toEqual({
    level: 'INFO',
    event: 'check',
    service: 'Monitor',
    timestamp: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T/),
    projectId: 'p_x',
    ...last,
  });
});

test('a warning has the level WARN', async () => {
  const lines = await linesOf(() => new PowertoolsLog('Monitor').warn('plain-http', { problem: 'no TLS' }));
  expect(lines).toMatchObject([{ level: 'WARN', event: 'plain-http', problem: 'no TLS' }]);
});

test('text with line breaks stays on one line', async () => {
  const lines = await linesOf(() => new PowertoolsLog('Monitor').info('check', { said: { message: 'a\nb\r\u2028c' } }));
  expect(lines).toMatchObject([{ said: { message: 'a\nb\r\u2028c' } }]);
});
