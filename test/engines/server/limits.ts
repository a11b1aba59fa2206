/** Resources of the template that the CloudFormation of an engine cannot create. A run fails if exactly these are not missing. */

export interface Limit {
  /** All resources of this type, or those with the property `having`. */
  readonly type: string;
  readonly having?: string;
  readonly reason: string;
}

const NO_SUCH_TYPE = 'not supported by its CloudFormation, which skips it';

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
      reason: 'alarms on metric math fail the stack ("Properties.Metrics (metric math) is not supported")',
    },
  ],
};

export interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

export function limitOf(engine: string, { Type, Properties = {} }: Resource): Limit | undefined {
  return LIMITS[engine]?.find(({ type, having }) => type === Type && (having === undefined || having in Properties));
}

/** Removes what the engine cannot create. References to it, such as from the dashboard to an alarm, become a placeholder text. */
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
    if (isMissing(target)) return `not-created-${String(target)}`;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolve(inner)]));
  };
  return resolve({ ...template, Resources: made }) as T;
}
