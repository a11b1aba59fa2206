/** The folder that a synth writes (cdk.out): one stack's template in it, and where its assets are. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CheckFailed } from '../../lambda/core/model/errors';

export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

export interface Template {
  readonly Resources: Readonly<Record<string, TemplateResource>>;
  readonly Parameters?: Readonly<Record<string, { readonly Default?: unknown }>>;
  readonly Outputs?: Readonly<Record<string, { readonly Value: unknown }>>;
}

export interface Assembly {
  readonly stackName: string;
  readonly template: Template;
  /** The file or folder of the asset that is uploaded under this key. */
  assetPath(s3Key: string): string;
}

const TEMPLATE = '.template.json';

/** Reads one stack; which one has to be said where there are several. */
export function readAssembly(directory: string, stackName?: string): Assembly {
  const stack = stackName ?? onlyStack(directory);
  const template = readJson(join(directory, `${stack}${TEMPLATE}`)) as Template;
  // Not the template's own metadata: a synth without the CDK command leaves `aws:asset:path` out.
  const { files } = readJson(join(directory, `${stack}.assets.json`)) as {
    files: Readonly<Record<string, { readonly source: { readonly path: string } }>>;
  };
  return {
    stackName: stack,
    template,
    assetPath(s3Key) {
      const file = files[s3Key.replace(/\.[a-z]+$/, '')];
      if (!file) throw new CheckFailed(`${stack} names the asset ${s3Key}, which ${directory} does not hold`);
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
    throw new CheckFailed(`${directory} holds no synthesized stack (a file that ends in ${TEMPLATE})`);
  if (stacks.length > 1)
    throw new CheckFailed(`${directory} holds several stacks, say which: ${stacks.sort().join(', ')}`);
  return first;
}

function listFolder(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    throw new CheckFailed(`${directory} is no folder with a synthesized stack`, error);
  }
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new CheckFailed(`${path} cannot be read as JSON`, error);
  }
}
