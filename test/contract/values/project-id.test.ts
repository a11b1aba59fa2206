import { projectIdProblem } from '../../../lambda/contract/values/project-id';

const EXPECTED = '; expected the id as the OMS console shows it, such as p_4w3oc0k1x2y4';

describe('a project id', () => {
  test.each(['p_4w3oc0k1x2y4', 'np_4w3oc0k1x2y4', 'x', 'a.b', 'x'.repeat(128), 'Überführung'])('may be %s', (id) => {
    expect(projectIdProblem(id)).toBeNull();
  });

  test.each([
    ['', 'project id "" is empty'],
    ['.', 'project id "." holds a step in a path'],
    ['..', 'project id ".." holds a step in a path'],
    ['../../admin', 'project id "../../admin" holds a step in a path'],
    ['p_x..', 'project id "p_x.." holds a step in a path'],
    ['a/b', 'project id "a/b" holds "/"'],
    ['a\\b', 'project id "a\\b" holds "\\"'],
    ['a?b', 'project id "a?b" holds "?"'],
    ['a#b', 'project id "a#b" holds "#"'],
    ['%2e%2e', 'project id "%2e%2e" holds "%"'],
    ['a b', 'project id "a b" holds white space'],
    ['a\u00a0b', 'project id "a\u00a0b" holds white space'],
    ['a\n\u001b[2J', 'project id "a\\u000a\\u001b[2J" holds a control character'],
    ['a\u202eb', 'project id "a\\u202eb" holds a control character'],
    ['a\ud800', 'project id "a\\ud800" holds a control character'],
    [
      `${'x'.repeat(38)}🚀${'x'.repeat(128)}`,
      `project id "${'x'.repeat(38)}…" is 168 characters long, 128 at most are allowed`,
    ],
    ['x'.repeat(10_000), `project id "${'x'.repeat(39)}…" is 10000 characters long, 128 at most are allowed`],
  ])('refuses %j', (id, problem) => {
    expect(projectIdProblem(id)).toBe(problem + EXPECTED);
  });
});
