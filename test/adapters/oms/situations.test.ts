import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expectPage, readPage } from '../../support/page';
import { play } from './run';
import { SITUATIONS } from './situations';
import { TABLE_HEAD, tableRow } from './table';

describe('every situation has one outcome', () => {
  const rows: string[] = [];

  test.each(SITUATIONS.map((situation) => [situation.title, situation] as const))('%s', async (_title, situation) => {
    const played = await play(situation);
    const { observation, requests } = played;
    rows.push(tableRow(situation, played));
    expect({ outcome: observation.outcome, requests: requests.length }).toEqual({
      outcome: situation.outcome,
      requests: situation.requests,
    });
    if (observation.outcome === 'OK') {
      expect(observation.progress).toMatchObject(situation.progress ?? {});
      expect(observation.anomalies.map(({ field }) => field)).toEqual(situation.anomalies);
      expect(observation.envelope.cost).toBe('13 ms');
    } else {
      expect(observation.problem).toContain(situation.problem);
    }
  });

  test('each fixture has its situation', () => {
    const used = new Set(SITUATIONS.map(({ peer }) => peer));
    const fixtures = readdirSync(join(__dirname, '../../fixtures/oms')).filter((name) => name.includes('.'));
    // client.test.ts uses the one left over.
    expect(fixtures.filter((name) => !used.has(name))).toEqual(['words-with-control-characters.json']);
  });

  test('docs/oms.md has the table of this run (npx tsx bench/oms-outcomes.ts --markdown prints it)', () => {
    const docs = readPage('docs/oms.md').split('\n');
    const from = docs.indexOf(TABLE_HEAD[0] ?? '');
    expectPage('docs/oms.md', {
      says: docs.slice(from, from + 2 + SITUATIONS.length),
      does: [...TABLE_HEAD, ...rows],
    });
  });
});
