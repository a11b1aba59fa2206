import { STATUSES } from '../../../lambda/core/model/progress';
import { classOf, phaseOf } from '../../../lambda/core/model/status';

test.each([
  ['INIT', 'waiting'],
  ['RUNNING', 'running'],
  ['RUNNING_MODIFYING', 'running'],
  ['RUNNING_MERGING', 'running'],
  ['UNCONFIGURED', 'waiting'],
  ['RUNNING_ALARMING', 'running'],
  ['SUSPEND', 'suspended'],
  ['FAILED', 'failed'],
  ['FINISHED', 'finished'],
  ['RELEASING', 'gone'],
  ['RELEASED', 'gone'],
  ['DELETED', 'gone'],
])('takes status %s for %s', (status, expected) => {
  expect(classOf(status)).toBe(expected);
});

test('knows every status of the model', () => {
  expect(STATUSES.map(classOf)).not.toContain('unknown');
});

test.each(['finished', 'Finished', 'FINISHED ', 'SUCCEEDED', '', 'toString', '__proto__', 'constructor'])(
  'takes %p for neither success nor failure',
  (word) => {
    expect(classOf(word)).toBe('unknown');
    expect(phaseOf(word)).toBe('unknown');
  },
);

test.each([
  ['INCR_SYNC', 'INCR_TRANSFER', 'CONNECTOR_INCR_SYNC', 'incremental'],
  ['FULL_MIGRATION', 'FULL_TRANSFER', 'CONNECTOR_FULL_SYNC', 'full'],
  ['STRUCT_MIGRATION', 'STRUCT_TRANSFER', 'STRUCT_SYNC', 'structure'],
  ['REVERSE_INCR_SYNC', 'REVERSE_INCR_TRANSFER', 'REVERSE_INCR_SYNC', 'reverse'],
])('takes %s, %s and %s, the families of step names, for the phase %s', (one, two, three, phase) => {
  expect([one, two, three].map(phaseOf)).toEqual([phase, phase, phase]);
});

test('knows no phase for a step that OMS did not name', () => {
  expect(phaseOf(null)).toBe('unknown');
});
