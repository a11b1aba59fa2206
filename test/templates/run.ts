/**
 * `npm run test:templates`: cfn-lint and checkov over every variant of the template, for a region of each partition. Prints one JSON
 * document; open findings go to stderr and make it fail. Installs the two tools into .venv.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pythonTools } from '../support/python-tools';
import { CFN_LINT, CHECKOV } from './accepted';
import { type Finding, type Judged, judge } from './findings';
import { REGIONS, synthesizeApp, synthesizeExamples, synthesizeVariants } from './synthesize';
import { cfnLint, checkov } from './tools';
import { VARIANT_NAMES } from './variants';

/** Half of CloudFormation's limits: the other half is for other resources of the stack. */
const MOST_RESOURCES = 250;
const LARGEST_BYTES = 500_000;

interface Group {
  /** Absent: region-agnostic templates, checked for every region. */
  readonly region?: string;
  readonly files: readonly string[];
}

async function main(): Promise<void> {
  const bin = pythonTools(join(__dirname, 'requirements.txt'));
  const folder = mkdtempSync(join(tmpdir(), 'oms-cutover-templates-'));
  try {
    await check(bin, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function check(bin: string, folder: string): Promise<void> {
  const groups = await synthesizeAll(folder);
  const files = groups.flatMap((group) => group.files);
  const sizes = files.map((file) => ({ bytes: statSync(file).size, resources: resourcesOf(file) }));
  const resources = sizes.reduce((sum, one) => sum + one.resources, 0);

  // In parallel, one CPU each.
  const [linted, checked] = await Promise.all([
    lintAll(bin, groups),
    checkov(bin, join(folder, 'templates'), resources),
  ]);
  const lint = judge(linted, CFN_LINT);
  const policy = judge(checked, CHECKOV);
  const errors = lint.open.filter(({ isError }) => isError).length;
  const mostResources = Math.max(...sizes.map((one) => one.resources));
  const largestBytes = Math.max(...sizes.map(({ bytes }) => bytes));
  const report = {
    templates: files.length,
    cfnLint: { errors, warnings: lint.open.length - errors, accepted: lint.accepted },
    checkov: { failed: policy.open.length, acknowledged: checked.length - policy.open.length },
    limits: { mostResources, largestBytes },
  };
  process.stdout.write(`${JSON.stringify(report)}\n`);

  const problems = [...problemsOf(lint), ...problemsOf(policy)];
  if (mostResources > MOST_RESOURCES)
    problems.push(`a template has ${mostResources} resources, over ${MOST_RESOURCES}`);
  if (largestBytes > LARGEST_BYTES) problems.push(`a template has ${largestBytes} bytes, over ${LARGEST_BYTES}`);
  for (const problem of problems.slice(0, 50)) process.stderr.write(`${problem}\n`);
  if (problems.length > 50) process.stderr.write(`and ${problems.length - 50} more\n`);
  if (problems.length > 0) process.exitCode = 1;
}

/** Writes all templates into one folder, without assets. */
async function synthesizeAll(folder: string): Promise<Group[]> {
  // The tools check CloudFormation's rules.
  process.env.CDK_VALIDATION = 'false';
  const assemblies = join(folder, 'assemblies');
  const templates = join(folder, 'templates');
  mkdirSync(templates);
  const collect = (label: string): string[] =>
    readdirSync(assemblies, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.template.json'))
      .map((file) => {
        const to = join(templates, `${label}-${file.replaceAll('/', '-')}`);
        renameSync(join(assemblies, file), to);
        return to;
      });
  const regional = REGIONS.map((region) => {
    synthesizeVariants(assemblies, VARIANT_NAMES, region);
    return { region, files: collect(region) };
  });
  synthesizeVariants(assemblies, VARIANT_NAMES);
  await Promise.all([synthesizeApp(join(assemblies, 'app')), synthesizeExamples(join(assemblies, 'examples'))]);
  return [...regional, { files: collect('any') }];
}

async function lintAll(bin: string, groups: readonly Group[]): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { region, files } of groups)
    findings.push(...(await cfnLint(bin, files, region === undefined ? REGIONS : [region])));
  return findings;
}

function resourcesOf(file: string): number {
  return Object.keys((JSON.parse(readFileSync(file, 'utf8')) as { Resources: object }).Resources).length;
}

function problemsOf({ open, unused }: Judged): string[] {
  return [
    ...open.map(({ rule, on, template, message }) => `${rule} ${on}: ${message} (${basename(template)})`),
    ...unused.map(({ rule, on }) => `${rule} on ${on} is accepted, and no longer found: remove it from accepted.ts`),
  ];
}

main().catch((error: Error) => {
  process.stderr.write(`${error.stack ?? error.message}\n`);
  process.exitCode = 1;
});
