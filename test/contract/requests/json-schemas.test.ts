/** The JSON schemas in docs/ are up to date, and accept and refuse the same input as the function. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv2020 from 'ajv/dist/2020';
import { jsonSchemas } from '../../../bin/json-schemas';
import { CutoverInputSchema } from '../../../lambda/contract/requests/cutover-input';
import { WaitRequestSchema } from '../../../lambda/contract/requests/wait';
import { parse } from '../../../lambda/contract/values/schema';

const ROOT = join(__dirname, '../../..');
const textOf = (file: string) => readFileSync(join(ROOT, 'docs', file), 'utf8');
const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });
const accepts = (file: string, value: unknown) => ajv.compile(JSON.parse(textOf(file)))(value);

test.each([...jsonSchemas()])('docs/%s is up to date: npm run json-schemas writes it', (file, text) => {
  expect(JSON.parse(textOf(file))).toEqual(JSON.parse(text));
});

describe('wait-request.schema.json', () => {
  const file = 'wait-request.schema.json';

  test.each([
    { projectId: 'p_x' },
    { projectId: 'p_x', goal: { type: 'SYNCED', maxLagSeconds: 5 }, timeoutSeconds: 60 },
    { projectId: 'p_x', goal: { type: 'DRAINED', writesStoppedAt: 1_795_392_000, marginSeconds: 0 } },
    { projectId: 'p_x', goal: { type: 'SWITCHED' }, failedGraceSeconds: 0, minIntervalSeconds: 1 },
  ])('accepts %j, as the function does', (input) => {
    expect([accepts(file, input), parse(WaitRequestSchema, input).problems]).toEqual([true, undefined]);
  });

  test.each([
    {},
    { projectId: 7 },
    { projectId: 'p_x', speed: 1 },
    { projectId: 'p_x', goal: { type: 'DONE' } },
    { projectId: 'p_x', goal: { type: 'SYNCED', hold: 5 } },
    { projectId: 'p_x', goal: { type: 'DRAINED' } },
    { projectId: 'p_x', timeoutSeconds: 1.5 },
    { projectId: 'p_x', outageGraceSeconds: -1 },
  ])('refuses %j, as the function does', (input) => {
    expect([accepts(file, input), parse(WaitRequestSchema, input).problems]).toEqual([false, [expect.any(String)]]);
  });
});

test.each([
  [{ projectId: 'p_x', rehearse: true, data: { ticket: 'OPS-7' } }, true],
  [{ rehearse: 'true' }, false],
  [{ Rehearse: true }, false],
  [{ data: [] }, false],
])('the input of a cutover %j is valid for both: %s', (input, good) => {
  expect(accepts('cutover-input.schema.json', input)).toBe(good);
  expect(parse(CutoverInputSchema, input).problems === undefined).toBe(good);
});

test.each(readdirSync(join(ROOT, 'local/scenarios')))('the scenario %s is valid', (file) => {
  const scenario: unknown = JSON.parse(readFileSync(join(ROOT, 'local/scenarios', file), 'utf8'));
  expect(accepts('scenario.schema.json', scenario)).toBe(true);
});
