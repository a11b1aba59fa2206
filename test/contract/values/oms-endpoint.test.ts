import { omsEndpointProblem, sendsPasswordInClear } from '../../../lambda/contract/values/oms-endpoint';

const EXPECTED = '; expected the address of the OMS console, such as http://10.0.0.5:8089';

describe('an OMS endpoint', () => {
  test.each(['http://10.0.0.5:8089', 'https://oms.example.com', 'http://oms.example.com/base/', 'http://[::1]:8089'])(
    'may be %s',
    (endpoint) => {
      expect(omsEndpointProblem(endpoint)).toBeNull();
    },
  );

  test.each([
    ['', `the OMS endpoint is empty${EXPECTED}`],
    ['not a url', `the OMS endpoint "not a url" is not a URL${EXPECTED}`],
    ['oms:8089', `the OMS endpoint "oms:8089" does not begin with http:// or https://${EXPECTED}`],
    ['ftp://oms', `the OMS endpoint "ftp://oms" does not begin with http:// or https://${EXPECTED}`],
    ['http://oms?x=1', `the OMS endpoint "http://oms?x=1" holds a query or a fragment${EXPECTED}`],
    ['http://oms ', `the OMS endpoint "http://oms " holds white space${EXPECTED}`],
    ['http://oms/a b', `the OMS endpoint "http://oms/a b" holds white space${EXPECTED}`],
    ['"http://oms"', `the OMS endpoint ""http://oms"" holds quotes${EXPECTED}`],
    ['“http://oms”', `the OMS endpoint "“http://oms”" holds quotes${EXPECTED}`],
    ['http://oms/"', `the OMS endpoint "http://oms/"" holds quotes${EXPECTED}`],
    ['http://oms\r', `the OMS endpoint "http://oms " holds white space${EXPECTED}`],
    ['http://oms\u200b', `the OMS endpoint "http://oms " holds an invisible character${EXPECTED}`],
    ['\ufeffhttp://oms', `the OMS endpoint " http://oms" holds an invisible character${EXPECTED}`],
    ['http://oms#top', `the OMS endpoint "http://oms#top" holds a query or a fragment${EXPECTED}`],
  ])('refuses %j', (endpoint, problem) => {
    expect(omsEndpointProblem(endpoint)).toBe(problem);
  });

  test.each([
    'http://dba:hunter22@oms:8089',
    '"http://dba:hunter22@oms:8089"',
    'http://dba:hunter22@',
    'dba:hunter22@oms:8089',
  ])('refuses a password in %s and does not repeat it', (endpoint) => {
    expect(omsEndpointProblem(endpoint)).toMatch(/^the OMS endpoint/);
    expect(omsEndpointProblem(endpoint)).not.toContain('hunter22');
  });

  test.each([
    ['http://10.0.0.5:8089', true],
    ['https://10.0.0.5:8089', false],
    ['http://127.0.0.1:8089', false],
    ['http://localhost:8089', false],
  ])('%s sends the password in clear: %p', (endpoint, clear) => {
    expect(sendsPasswordInClear(endpoint)).toBe(clear);
  });
});
