/** Runs every situation of OMS and the network, and prints the outcomes: as JSON, or with --markdown the table of docs/oms.md. */
import { play } from '../test/adapters/oms/run';
import { SITUATIONS } from '../test/adapters/oms/situations';
import { TABLE_HEAD, tableRow } from '../test/adapters/oms/table';

async function main(): Promise<void> {
  const markdown = process.argv.includes('--markdown');
  const outcomes = [];
  for (const situation of SITUATIONS) {
    const began = performance.now();
    const played = await play(situation);
    const { observation, requests } = played;
    const ms = Math.round(performance.now() - began);
    outcomes.push({
      situation: situation.title,
      outcome: observation.outcome,
      problem: observation.outcome === 'OK' ? null : observation.problem,
      anomalies: observation.anomalies,
      requests: requests.length,
      ms,
      row: tableRow(situation, played),
    });
  }
  if (markdown) console.log([...TABLE_HEAD, ...outcomes.map(({ row }) => row)].join('\n'));
  else
    console.log(
      JSON.stringify(
        outcomes.map(({ row: _row, ...outcome }) => outcome),
        null,
        2,
      ),
    );
}

void main();
