/** A cloud assembly (cdk.out): the template of one stack, and the paths of its assets. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CheckFailed } from '../../lambda/core/model/errors';

export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

export interface Template {
  readonly Resources: Readonly<Record<string, TemplateResource>>;
  readonly Outputs?: Readonly<Record<string, { readonly Value: unknown }>>;
}

export interface Assembly {
  readonly stackName: string;
  readonly template: Template;
  /** The file or folder of the asset with this key. */
  assetPath(s3Key: string): string;
}

const TEMPLATE = '.template.json';

/** Reads one stack. The name is required where the assembly has several. */
export function readAssembly(directory: string, stackName?: string): Assembly {
  const stack = stackName ?? onlyStack(directory);
  const template = readJson(join(directory, `${stack}${TEMPLATE}`)) as Template;
  // Not from the template's metadata: without the CDK command it has no `aws:asset:path`.
  const { files } = readJson(join(directory, `${stack}.assets.json`)) as {
    files: Readonly<Record<string, { readonly source: { readonly path: string } }>>;
  };
  return {
    stackName: stack,
    template,
    assetPath(s3Key) {
      const file = files[s3Key.replace(/\.[a-z]+$/, '')];
      if (!file) throw new CheckFailed(`${stack} refers to the asset ${s3Key}, which is not in ${directory}`);
      return resolve(directory, file.source.path);
    },
  };
}

function onlyStack(directory: string): string {
  const stacks = listFolder(directory)
    .filter((name) => name.endsWith(TEMPLATE))
    .map((name) => name.slice(0, -TEMPLATE.length));
  const [first] = stacks;
  if (first === undefined)
    throw new CheckFailed(`${directory} has no synthesized stack (a file that ends in ${TEMPLATE})`);
  if (stacks.length > 1)
    throw new CheckFailed(`${directory} has several stacks, name one of them: ${stacks.sort().join(', ')}`);
  return first;
}

function listFolder(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    throw new CheckFailed(`${directory} is not a folder with a synthesized stack`, error);
  }
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new CheckFailed(`${path} cannot be read as JSON`, error);
  }
}
