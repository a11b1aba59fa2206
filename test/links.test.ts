/** Links between the pages: each leads to a file, and with a fragment to a heading of it, by GitHub's rule for anchors. */
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readPage } from './support/page';

const ROOT = join(__dirname, '..');
const PAGES = ['.', 'docs', ...readdirSync(join(ROOT, 'examples')).map((name) => `examples/${name}`)].flatMap(
  (folder) =>
    readdirSync(join(ROOT, folder))
      .filter((name) => name.endsWith('.md'))
      .map((name) => join(folder, name)),
);

/** Code is not Markdown. */
const textOf = (page: string) => readPage(page).replaceAll(/^```.*?^```/gms, '');
const anchorsOf = (page: string) =>
  [...textOf(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\- _]/gu, '')
      .replaceAll(' ', '-'),
  );

test.each(PAGES)('every link in %s leads to a page and a heading', (page) => {
  const broken = [...textOf(page).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link = '']) => link)
    .filter((link) => !/^https?:/.test(link))
    .filter((link) => {
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? page : join(dirname(page), path);
      if (!existsSync(join(ROOT, target))) return true;
      return anchor !== undefined && !anchorsOf(target).includes(anchor);
    });
  expect(broken).toEqual([]);
});
