/** lib may not import the core, so two of its rules stand there a second time: here they are held together. */

import { DEFAULTS } from '../../lambda/contract/defaults';
import { omsEndpointProblem } from '../../lambda/contract/oms-endpoint';
import { projectIdProblem } from '../../lambda/contract/project-id';
import { ENDPOINT, PROJECT_ID } from '../../lib/validation/rules';
import { monitorWith } from './stacks';

test.each([
  'p_4gmn25m4rvwg',
  'np_4gmn25m4rvwg',
  'a',
  'a..b',
  'a.b-c~d$e',
  'p'.repeat(128),
  '',
  ' ',
  'p a',
  'p_a ',
  '.',
  '..',
  '../p',
  'p/a',
  'p\\a',
  'p?a',
  'p#a',
  'p%2fa',
  'p\u0000',
  'p\n',
  'p\u007f',
  'p\u200b',
  'p\u202e',
  'p\u2028',
  'p\ud800',
  'p'.repeat(129),
  'p'.repeat(10_000),
])('a project id is good or bad for both: %j', (id) => {
  expect(PROJECT_ID.accepts(id)).toBe(projectIdProblem(id) === null);
});

test.each([
  'http://10.0.0.5:8089',
  'https://oms.example.com',
  'https://oms.example.com/base/path/',
  'HTTP://OMS',
  'http://[::1]:8089',
  '',
  'oms',
  '10.0.0.5:8089',
  'localhost:8089',
  'ftp://oms',
  'http://',
  'http://oms:99999',
  'http://oms?x=1',
  'http://oms#x',
  'http://oms?',
  'http://user@oms',
  'http://user:password@oms',
])('an endpoint is good or bad for both: %j', (endpoint) => {
  expect(ENDPOINT.accepts(endpoint)).toBe(omsEndpointProblem(endpoint) === null);
});

test('what the stack sets where nothing is given is what the handler takes where nothing is set', () => {
  monitorWith().template.hasResourceProperties('AWS::Lambda::Function', {
    Environment: {
      Variables: {
        REQUEST_TIMEOUT_SECONDS: String(DEFAULTS.requestTimeoutSeconds),
        RETENTION_DAYS: String(DEFAULTS.retentionDays),
      },
    },
  });
});
