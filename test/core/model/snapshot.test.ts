import type { Anomaly } from '../../../lambda/contract/oms';
import { requestOutsideWait } from '../../../lambda/core/check/check';
import { derive } from '../../../lambda/core/check/derive';
import type { Observation } from '../../../lambda/core/model/progress';
import type { ProjectState } from '../../../lambda/core/model/project-state';
import { observationIn } from '../../../lambda/core/model/snapshot';
import { failed, MINUTE, ok, T0 } from '../../support/values/observations';

const OF_THE_REPLY: Anomaly = { field: 'importance', value: '"URGENT"', problem: 'went backwards, as OMS words it' };

function stored(before: ProjectState | undefined, observation: Observation) {
  return derive(before, observation, { ...requestOutsideWait('p_x'), checkId: 'c1' });
}

test('a stored poll is read as it came, without the anomalies that only earlier polls show', () => {
  const earlier = stored(undefined, ok(T0 + MINUTE)).projectState;
  const observation = ok(T0, { fullMigrationProgress: 30 }, { anomalies: [OF_THE_REPLY] });
  const { snapshot } = stored(earlier, observation);
  expect(snapshot.anomalies.map(({ field, foundIn }) => [field, foundIn])).toEqual([
    ['importance', undefined],
    ['fullMigrationProgress', 'HISTORY'],
    ['clock', 'HISTORY'],
  ]);
  expect(observationIn(snapshot)).toEqual(observation);
});

test('a stored failed poll is read as it came', () => {
  const observation = failed(T0, 'OmsBadReply');
  expect(observationIn(stored(undefined, observation).snapshot)).toEqual(observation);
});
