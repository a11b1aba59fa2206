/**
 * What a cutover's execution is started with, before anything is touched. A mistyped request for a rehearsal must never pass for a real
 * cutover: unknown fields are refused, so that only `true` rehearses and only its absence, or `false`, is for real.
 */
import * as v from 'valibot';
import { nearest, slips } from '../values/nearest';
import { object, projectId } from '../values/schema';
import { show } from '../values/text';

/** `rehearsal`, `Rehearse `, `reherse` and the like. */
const SLIPS_OF_REHEARSE = 2;
const NAMES = ['projectId', 'rehearse', 'data'] as const;

export const CUTOVER_INPUT_EXAMPLE = '{"projectId":"p_x","rehearse":true}';

export const CutoverInputSchema = object(
  {
    /** May be left out where the pipeline is for one project. */
    projectId: v.exactOptional(projectId),
    rehearse: v.exactOptional(v.boolean('true or false, without quotes'), false),
    /** The user's own, for their steps. */
    data: v.exactOptional(
      v.pipe(
        v.custom<Readonly<Record<string, unknown>>>(isRecord, 'an object'),
        v.rawCheck(({ dataset, addIssue }) => {
          for (const place of rehearsalsIn(dataset.value, 'data'))
            addIssue({
              message: `${show(place)} has no effect: rehearse goes beside data; give a field of your own another name`,
            });
        }),
      ),
    ),
  },
  { expected: `an object such as ${CUTOVER_INPUT_EXAMPLE}`, hint: hintTo },
);

function isRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function hintTo(name: string): string {
  const meant = nearest(lettersOf(name), NAMES.map(lettersOf));
  const known = NAMES.find((each) => lettersOf(each) === meant);
  return known === undefined ? ': what your own steps need goes into data' : `: did you mean ${known}?`;
}

/** Paths of fields in `data` whose names resemble `rehearse`. */
function rehearsalsIn(value: unknown, path: string): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    const here = `${path}.${name}`;
    return slips(lettersOf(name), 'rehearse') <= SLIPS_OF_REHEARSE ? [here] : rehearsalsIn(inner, here);
  });
}

const lettersOf = (name: string): string =>
  name
    .slice(0, 100)
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^a-z]/g, '');
