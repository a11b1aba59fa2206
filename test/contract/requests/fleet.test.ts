import { FleetRequestSchema } from '../../../lambda/contract/fleet';
import { read } from '../../../lambda/core/model/fields';

const readFleetRequest = (event: unknown) => read(FleetRequestSchema, event);

describe("a schedule's event", () => {
  test('is a list, in which each project counts once, or all that OMS lists', () => {
    expect(readFleetRequest({ projects: ['p_b', 'p_a', 'p_b'], intervalSeconds: 300 })).toEqual({
      projects: ['p_b', 'p_a'],
      intervalSeconds: 300,
    });
    expect(readFleetRequest({ projects: 'all', intervalSeconds: 60 })).toEqual({
      projects: 'all',
      intervalSeconds: 60,
    });
  });

  test.each([
    ['no projects', { projects: [] }, 'projects must be a list of project ids, one at least, "all" or "listed"'],
    [
      'another word than all',
      { projects: 'every' },
      'projects must be a list of project ids, one at least, "all" or "listed"',
    ],
    ['an id that is not a text', { projects: [7] }, '"all" or "listed", got [7]'],
    ['an id that leaves its path', { projects: ['p_a/b'] }, 'project id "p_a/b" holds "/"'],
    [
      'a turn without a time',
      { turn: { at: '<aws.scheduler.scheduled-time>', of: 5 } },
      'turn.at must be an ISO 8601 time',
    ],
    ['an interval of nothing', { intervalSeconds: 0 }, 'intervalSeconds must be a whole number, 1 or more'],
    ['an interval in words', { intervalSeconds: '5m' }, 'got "5m"'],
  ])('refuses %s', (_what, changed, expected) => {
    expect(() => readFleetRequest({ projects: ['p_a'], intervalSeconds: 300, ...changed })).toThrow(
      expect.objectContaining({ code: 'InvalidInput', message: expect.stringContaining(expected) }),
    );
  });

  test('refuses it with every problem at once', () => {
    expect(() => readFleetRequest({ projects: ['', 'p b'], intervalSeconds: -1 })).toThrow(
      expect.objectContaining({ problems: [expect.any(String), expect.any(String), expect.any(String)] }),
    );
  });
});
