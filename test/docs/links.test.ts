import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

const pages = [
  'README.md',
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];

const topFolders = readdirSync('.', { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
  .map(({ name }) => name);

/** Code blocks show output and commands: what looks like a link in there is none. */
const withoutCode = (text: string) => text.replaceAll(/^(`{3,})[^\n]*\n[\s\S]*?^\1$/gm, '');

/** The anchors that a page's headings get, as GitHub makes them. */
function anchorsOf(text: string): Set<string> {
  return new Set(
    [...withoutCode(text).matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
      heading!
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

/** Links and pictures of a page that lead nowhere. */
function brokenLinks(page: string, text: string): string[] {
  return [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target]) => {
    if (/^[a-z]+:/.test(target!)) return [];
    const [path, anchor] = target!.split('#') as [string, string | undefined];
    const file = path === '' ? page : normalize(join(dirname(page), path));
    if (!existsSync(file)) return [`${page}: ${target} leads nowhere`];
    if (anchor === undefined || !file.endsWith('.md')) return [];
    return anchorsOf(readFileSync(file, 'utf8')).has(anchor)
      ? []
      : [`${page}: ${file} has no heading #${anchor}`];
  });
}

/** Files and folders of ours that a page names in `code`, and that are not there. */
function missingFiles(page: string, text: string): string[] {
  return [...withoutCode(text).matchAll(/`([\w.-]+\/[\w./-]*)`/g)].flatMap(([, path]) => {
    const isOurs = topFolders.includes(path!.split('/')[0]!) && !/^(dist|node_modules)\//.test(path!);
    const isFile = /\.(ts|tsx|js|mjs|c|md|yaml|json|svg)$/.test(path!) || path!.endsWith('/');
    return isOurs && isFile && !existsSync(path!) ? [`${page}: there is no ${path}`] : [];
  });
}

describe('the documentation', () => {
  it('links to pages, headings and pictures that are there', () => {
    assert.deepEqual(
      pages.flatMap((page) => brokenLinks(page, readFileSync(page, 'utf8'))),
      [],
    );
  });

  it('names files that are there', () => {
    assert.deepEqual(
      pages.flatMap((page) => missingFiles(page, readFileSync(page, 'utf8'))),
      [],
    );
  });

  it('would be caught with a link or a file that is not there', () => {
    const text = '# One two\n[a](#one-two) [b](#three) [c](nowhere.md) `api/kinds.ts` `api/nothing.ts`\n';
    // `docs/limits.md` stands for any page; an anchor alone is looked up in the page itself.
    assert.deepEqual(brokenLinks('docs/limits.md', text).slice(-1), [
      'docs/limits.md: nowhere.md leads nowhere',
    ]);
    assert.match(brokenLinks('docs/limits.md', '[b](#three)')[0]!, /no heading #three/);
    assert.deepEqual(brokenLinks('docs/limits.md', '[b](#the-gateway)'), []);
    assert.deepEqual(missingFiles('a.md', text), ['a.md: there is no api/nothing.ts']);
  });
});
