/**
 * What an engine's CloudFormation cannot make of our template: its limit, not ours. A run fails where one makes less than this says, and
 * where it makes more: then this is out of date.
 */

export interface Limit {
  /** Resources of this type, all of them or those that `has` picks. */
  readonly type: string;
  /** A property that those resources have. */
  readonly having?: string;
  readonly reason: string;
}

const NO_SUCH_TYPE = 'its CloudFormation does not know the type, and makes the rest of the stack';

export const LIMITS: Readonly<Record<string, readonly Limit[]>> = {
  moto: [
    { type: 'AWS::CloudWatch::Alarm', reason: NO_SUCH_TYPE },
    { type: 'AWS::Lambda::EventInvokeConfig', reason: NO_SUCH_TYPE },
    { type: 'AWS::SNS::Subscription', reason: NO_SUCH_TYPE },
    { type: 'AWS::SNS::TopicPolicy', reason: NO_SUCH_TYPE },
    { type: 'AWS::SQS::QueuePolicy', reason: NO_SUCH_TYPE },
    { type: 'AWS::Scheduler::Schedule', reason: NO_SUCH_TYPE },
  ],
  ministack: [
    {
      type: 'AWS::CloudWatch::Alarm',
      having: 'Metrics',
      reason:
        'it refuses alarms on metric math ("Properties.Metrics (metric math) is not supported"), and with one of them the whole stack',
    },
  ],
};

export interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

/** The limit that a resource falls under. */
export function limitOf(engine: string, { Type, Properties = {} }: Resource): Limit | undefined {
  return LIMITS[engine]?.find(({ type, having }) => type === Type && (having === undefined || having in Properties));
}

/** The template without what the engine cannot make; where something refers to that (a dashboard to an alarm), a text stands in its place. */
export function withinLimits<T extends { readonly Resources: Readonly<Record<string, Resource>> }>(
  engine: string,
  template: T,
): T {
  const made = Object.fromEntries(
    Object.entries(template.Resources).filter(([, resource]) => limitOf(engine, resource) === undefined),
  );
  const isMissing = (id: unknown) => typeof id === 'string' && id in template.Resources && !(id in made);
  const resolve = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(resolve);
    if (value === null || typeof value !== 'object') return value;
    const { Ref: ref, 'Fn::GetAtt': attribute } = value as Record<string, unknown>;
    const target = ref ?? (Array.isArray(attribute) ? attribute[0] : undefined);
    if (isMissing(target)) return `not-made-${String(target)}`;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolve(inner)]));
  };
  return resolve({ ...template, Resources: made }) as T;
}
