import { play } from './oms-run';
import { SITUATIONS } from './oms-situations';

describe('every situation has one outcome', () => {
  test.each(SITUATIONS.map((situation) => [situation.title, situation] as const))('%s', async (_title, situation) => {
    const { look, requests } = await play(situation);
    expect({ outcome: look.outcome, requests: requests.length }).toEqual({
      outcome: situation.outcome,
      requests: situation.requests,
    });
    if (look.outcome === 'OK') {
      expect(look.progress).toMatchObject(situation.progress ?? {});
      expect(look.anomalies.map(({ field }) => field)).toEqual(situation.odd);
      expect(look.envelope.cost).toBe('13 ms');
    } else {
      expect(look.problem).toContain(situation.problem);
    }
  });

  test('each fixture has its situation', () => {
    const { readdirSync } = jest.requireActual<typeof import('node:fs')>('node:fs');
    const used = new Set(SITUATIONS.map(({ peer }) => peer));
    const spare = readdirSync(`${__dirname}/../fixtures/oms`).filter((name) => name.includes('.') && !used.has(name));
    // Used by other tests.
    expect(spare).toEqual(['words-with-control-characters.json']);
  });
});
