/** Writes docs/*.schema.json from the schemas that read the same input at run time. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ConversionConfig, toJsonSchema } from '@valibot/to-json-schema';
import type { GenericSchema } from 'valibot';
import { CutoverInputSchema } from '../lambda/contract/requests/cutover-input';
import { WaitRequestSchema } from '../lambda/contract/requests/wait';
import { ScenarioSchema } from '../local/simulator/read-scenario';

const DOCS = join(__dirname, '..', 'docs');

const INPUTS: Readonly<Record<string, { readonly schema: GenericSchema; readonly title: string }>> = {
  'wait-request.schema.json': { schema: WaitRequestSchema, title: 'Input of a wait' },
  'cutover-input.schema.json': { schema: CutoverInputSchema, title: 'Input of a cutover' },
  'scenario.schema.json': { schema: ScenarioSchema, title: 'Scenario of the simulator' },
};

/** Rules that JSON schema has no word for are left to the reader itself. */
const CONVERSION: ConversionConfig = {
  target: 'draft-2020-12',
  typeMode: 'input',
  ignoreActions: ['check', 'partial_check', 'raw_check', 'raw_transform', 'transform'],
  overrideSchema: ({ valibotSchema }) => (valibotSchema.type === 'custom' ? { type: 'object' } : undefined),
};

/** The text of each file. */
export function jsonSchemas(): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(INPUTS).map(([file, { schema, title }]) => {
      const { $schema, ...rest } = toJsonSchema(schema, CONVERSION);
      return [file, `${JSON.stringify({ $schema, title, ...rest }, null, 2)}\n`];
    }),
  );
}

if (require.main === module) for (const [file, text] of jsonSchemas()) writeFileSync(join(DOCS, file), text);
