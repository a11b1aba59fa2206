/** The event that has the function examine its own stack. */
import * as v from 'valibot';
import { flag, object, projectId } from './schema';

export const DoctorRequestSchema = object({
  doctor: v.literal(true, 'true'),
  projectId: v.exactOptional(v.nullable(projectId), null),
  testNotification: v.exactOptional(flag, false),
});
export type DoctorRequest = Readonly<Omit<v.InferOutput<typeof DoctorRequestSchema>, 'doctor'>>;
