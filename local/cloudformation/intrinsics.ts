/** Resolves the intrinsic functions of a template as CloudFormation does: those that our templates use. The others are refused. */
import { CheckFailed } from '../../lambda/core/model/errors';
import type { Template } from './assembly';
import { identify, nameProperty, type ResourceIdentity } from './resource-identity';
import { LOCAL_ACCOUNT, LOCAL_REGION } from './sandbox';

export class Intrinsics {
  private readonly template: Template;
  private readonly stackName: string;
  private readonly identities = new Map<string, ResourceIdentity>();

  constructor(template: Template, stackName: string) {
    this.template = template;
    this.stackName = stackName;
  }

  /** A copy of the value with every intrinsic function in it replaced. `where` names the value in an error. */
  resolve(value: unknown, where: string): unknown {
    if (Array.isArray(value)) return value.map((item) => this.resolve(item, where));
    if (value === null || typeof value !== 'object') return value;
    const entries = Object.entries(value);
    const [only] = entries;
    if (entries.length === 1 && only && (only[0] === 'Ref' || only[0].startsWith('Fn::'))) {
      return this.evaluate(only[0], only[1], where);
    }
    return Object.fromEntries(entries.map(([key, inner]) => [key, this.resolve(inner, where)]));
  }

  /** Name, ARN and attributes of a resource in the template. */
  identity(logicalId: string, where: string): ResourceIdentity {
    const known = this.identities.get(logicalId);
    if (known) return known;
    const resource = this.template.Resources[logicalId];
    if (!resource) throw new CheckFailed(`${where} refers to ${logicalId}, which is not in the template`);
    const given = resource.Properties?.[nameProperty(resource.Type)];
    const name = given === undefined ? `${this.stackName}-${logicalId}` : String(this.resolve(given, logicalId));
    const identity = identify(resource.Type, name);
    if (!identity)
      throw new CheckFailed(`${where} refers to ${logicalId}; references to ${resource.Type} are not supported here`);
    this.identities.set(logicalId, identity);
    return identity;
  }

  private evaluate(intrinsic: string, argument: unknown, where: string): string {
    switch (intrinsic) {
      case 'Ref':
        return this.ref(String(argument), where);
      case 'Fn::GetAtt':
        return this.attribute(argument, where);
      case 'Fn::Join':
        return this.join(argument, where);
      default:
        throw new CheckFailed(`${where} uses ${intrinsic}; only Ref, Fn::GetAtt and Fn::Join are supported here`);
    }
  }

  private ref(target: string, where: string): string {
    const pseudo: Readonly<Record<string, string>> = {
      'AWS::AccountId': LOCAL_ACCOUNT,
      'AWS::Region': LOCAL_REGION,
      'AWS::Partition': 'aws',
      'AWS::StackName': this.stackName,
      'AWS::URLSuffix': 'amazonaws.com',
    };
    return pseudo[target] ?? this.identity(target, where).ref;
  }

  private attribute(argument: unknown, where: string): string {
    const [logicalId, attribute] = Array.isArray(argument) ? argument.map(String) : [];
    if (logicalId === undefined || attribute === undefined)
      throw new CheckFailed(`${where} has an Fn::GetAtt without its two arguments`);
    const value = this.identity(logicalId, where).attributes[attribute];
    if (value === undefined) {
      const type = this.template.Resources[logicalId]?.Type;
      throw new CheckFailed(
        `${where} reads ${attribute} of ${logicalId}; that attribute of ${type} is not supported here`,
      );
    }
    return value;
  }

  private join(argument: unknown, where: string): string {
    const [separator, items] = Array.isArray(argument) ? argument : [];
    if (typeof separator !== 'string' || !Array.isArray(items))
      throw new CheckFailed(`${where} has an Fn::Join without a separator and a list`);
    return items.map((item) => this.resolve(item, where)).join(separator);
  }
}
