/** The event that mutes a project for a maintenance window. */
import * as v from 'valibot';
import { object, projectId } from './schema';

/** A mute that was forgotten ends by itself. */
export const LONGEST_MUTE_SECONDS = 7 * 86_400;

const SECONDS = `a whole number from 0 (ends it) to ${LONGEST_MUTE_SECONDS}`;

export const MuteRequestSchema = object({
  projectId,
  /** 0 ends a window now. */
  forSeconds: v.pipe(
    v.number(SECONDS),
    v.safeInteger(SECONDS),
    v.minValue(0, SECONDS),
    v.maxValue(LONGEST_MUTE_SECONDS, SECONDS),
  ),
});
export const MuteEventSchema = object({ mute: MuteRequestSchema });
export type MuteRequest = Readonly<v.InferOutput<typeof MuteRequestSchema>>;
