/** Does CloudFormation's part: puts values where a template has `Ref`, `Fn::GetAtt` and their kin. What it does not know it refuses. */
import { CheckFailed } from '../../lambda/core/model/errors';
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../services/sandbox';
import type { Template, TemplateResource } from './assembly';
import { identify, nameProperty, type ResourceIdentity } from './resource-identity';

/** Stands for a property that is not there (`AWS::NoValue`). */
const NO_VALUE = Symbol('AWS::NoValue');

export class Intrinsics {
  private readonly template: Template;
  private readonly stackName: string;
  private readonly identities = new Map<string, ResourceIdentity>();

  constructor(template: Template, stackName: string) {
    this.template = template;
    this.stackName = stackName;
  }

  /** A copy of the value with every intrinsic in it replaced. `where` names the value in an error. */
  resolve(value: unknown, where: string): unknown {
    if (Array.isArray(value)) return value.map((item) => this.resolve(item, where)).filter((item) => item !== NO_VALUE);
    if (value === null || typeof value !== 'object') return value;
    const entries = Object.entries(value);
    const [only] = entries;
    if (entries.length === 1 && only && (only[0] === 'Ref' || only[0].startsWith('Fn::'))) {
      return this.evaluate(only[0], only[1], where);
    }
    return Object.fromEntries(
      entries
        .map(([key, inner]) => [key, this.resolve(inner, where)] as const)
        .filter(([, inner]) => inner !== NO_VALUE),
    );
  }

  /** Name, ARN and attributes of a resource in the template. */
  identity(logicalId: string, where: string): ResourceIdentity {
    const known = this.identities.get(logicalId);
    if (known) return known;
    const resource = this.template.Resources[logicalId];
    if (!resource) throw new CheckFailed(`${where} refers to ${logicalId}, which the template does not have`);
    const identity = identify(resource.Type, this.name(logicalId, resource));
    if (!identity)
      throw new CheckFailed(`${where} refers to ${logicalId}, and what a ${resource.Type} is called is not known here`);
    this.identities.set(logicalId, identity);
    return identity;
  }

  private name(logicalId: string, resource: TemplateResource): string {
    const property = nameProperty(resource.Type);
    const given = property === undefined ? undefined : resource.Properties?.[property];
    return given === undefined ? `${this.stackName}-${logicalId}` : this.text(given, `${logicalId}.${property}`);
  }

  private evaluate(intrinsic: string, argument: unknown, where: string): unknown {
    switch (intrinsic) {
      case 'Ref':
        return this.ref(String(argument), where);
      case 'Fn::GetAtt':
        return this.attribute(argument, where);
      case 'Fn::Join': {
        const [separator, items] = this.pair(argument, where);
        return this.list(items, where).join(this.text(separator, where));
      }
      case 'Fn::Sub':
        return this.substitute(argument, where);
      case 'Fn::Select': {
        const [index, items] = this.pair(argument, where);
        const chosen = this.list(items, where)[Number(index)];
        if (chosen === undefined) throw new CheckFailed(`${where} selects item ${index} of a list that has none`);
        return chosen;
      }
      case 'Fn::Split': {
        const [separator, text] = this.pair(argument, where);
        return this.text(text, where).split(this.text(separator, where));
      }
      default:
        throw new CheckFailed(
          `${where} uses ${intrinsic}, which is not known here (Ref, GetAtt, Join, Sub, Select and Split are)`,
        );
    }
  }

  private ref(target: string, where: string): unknown {
    const pseudo: Readonly<Record<string, unknown>> = {
      'AWS::AccountId': LOCAL_ACCOUNT,
      'AWS::Region': LOCAL_REGION,
      'AWS::Partition': 'aws',
      'AWS::URLSuffix': 'amazonaws.com',
      'AWS::StackName': this.stackName,
      'AWS::StackId': `arn:aws:cloudformation:${LOCAL_REGION}:${LOCAL_ACCOUNT}:stack/${this.stackName}/local`,
      'AWS::NoValue': NO_VALUE,
    };
    if (Object.hasOwn(pseudo, target)) return pseudo[target];
    const parameter = this.template.Parameters?.[target];
    if (!parameter) return this.identity(target, where).ref;
    if (parameter.Default === undefined)
      throw new CheckFailed(`${where} needs the parameter ${target}, which has no default`);
    return parameter.Default;
  }

  private attribute(argument: unknown, where: string): string {
    const [logicalId = '', attribute = ''] =
      typeof argument === 'string' ? argument.split(/\.(.*)/) : (argument as string[]);
    const value = this.identity(logicalId, where).attributes[attribute];
    if (value === undefined) {
      const type = this.template.Resources[logicalId]?.Type;
      throw new CheckFailed(
        `${where} asks for ${attribute} of ${logicalId}, and that attribute of a ${type} is not known here`,
      );
    }
    return value;
  }

  private substitute(argument: unknown, where: string): string {
    const [pattern, variables] = Array.isArray(argument) ? argument : [argument, {}];
    return String(pattern).replace(/\$\{([^}]*)\}/g, (_, name: string) => {
      if (name.startsWith('!')) return `\${${name.slice(1)}}`;
      if (Object.hasOwn(variables, name)) return this.text(variables[name], where);
      return name.includes('.') && !name.includes('::') ? this.attribute(name, where) : String(this.ref(name, where));
    });
  }

  private pair(argument: unknown, where: string): readonly [unknown, unknown] {
    if (!Array.isArray(argument) || argument.length !== 2)
      throw new CheckFailed(`${where} has an intrinsic without its two arguments`);
    return [argument[0], argument[1]];
  }

  private list(value: unknown, where: string): readonly unknown[] {
    const resolved = this.resolve(value, where);
    if (!Array.isArray(resolved)) throw new CheckFailed(`${where} needs a list, got ${JSON.stringify(resolved)}`);
    return resolved;
  }

  private text(value: unknown, where: string): string {
    const resolved = this.resolve(value, where);
    if (typeof resolved !== 'string') throw new CheckFailed(`${where} needs a text, got ${JSON.stringify(resolved)}`);
    return resolved;
  }
}
