/** How folders depend on each other: docs/architecture.md draws it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

interface Import {
  readonly from: string;
  readonly to: string;
  /** The file that imports. */
  readonly file: string;
}

const ROOT = join(__dirname, '..');
const FILES = ['lambda', 'lib', 'local', 'cli', 'bin', 'bench', 'test'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .map((file) => join(folder, file))
    .filter((file) => file.endsWith('.ts') && !file.startsWith(join('test', 'fixtures'))),
);
const TEXTS = new Map(FILES.map((file) => [file, readFileSync(join(ROOT, file), 'utf8')]));

const IMPORTED = /\b(?:from|import|import\()\s*'(\.{1,2}\/[^']+)'/g;
const EXPORTED = /^export (?:async |abstract |declare )*(?:const|function|class|interface|type|enum) (\w+)/gm;

const imports: readonly Import[] = [...TEXTS].flatMap(([file, text]) =>
  [...text.matchAll(IMPORTED)]
    .map(([, path = '']) => normalize(join(dirname(file), path)))
    .filter((target) => existsSync(join(ROOT, `${target}.ts`)))
    .map((target) => ({ from: dirname(file), to: dirname(target), file })),
);

/** Drops what only imports and what is only imported, until nothing is left but circles and what lies between them. */
function circles(all: readonly Import[]): readonly Import[] {
  const from = new Set(all.map((one) => one.from));
  const to = new Set(all.map((one) => one.to));
  const left = all.filter((one) => one.from !== one.to && from.has(one.to) && to.has(one.from));
  return left.length === all.length ? all : circles(left);
}

test('no folder imports one that imports it, directly or through others', () => {
  expect(imports.length).toBeGreaterThan(1_000);
  expect(circles(imports).map(({ from, to, file }) => `${from} -> ${to} (${file})`)).toEqual([]);
});

test('a circle of folders is found, and what it imports is not', () => {
  const edge = (from: string, to: string) => ({ from, to, file: `${from}/x.ts` });
  const circle = [edge('a', 'b'), edge('b', 'c'), edge('c', 'a')];
  expect(circles([edge('z', 'a'), ...circle, edge('c', 'd'), edge('a', 'a')])).toEqual(circle);
});

test('no two modules of core export the same name', () => {
  const exporters = new Map<string, string[]>();
  for (const [file, text] of TEXTS) {
    if (!file.startsWith(join('lambda', 'core'))) continue;
    for (const [, name = ''] of text.matchAll(EXPORTED)) exporters.set(name, [...(exporters.get(name) ?? []), file]);
  }
  // An overloaded function is exported twice by one file.
  const shared = [...exporters].filter(([, files]) => new Set(files).size > 1);
  expect(exporters.size).toBeGreaterThan(100);
  expect(shared).toEqual([]);
});

test('docs/architecture.md names only files that exist', () => {
  const page = readFileSync(join(ROOT, 'docs', 'architecture.md'), 'utf8');
  const named = [...page.matchAll(/`((?:[\w.-]+\/)+[\w.-]*)`/g)].map(([, path = '']) => path);
  expect(named.length).toBeGreaterThan(30);
  expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});
