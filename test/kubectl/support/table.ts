import { titleOf, type Row } from './row.ts';
import { minors, type Version } from './versions.ts';

export type Mark = 'works' | 'refused' | 'fails';

/** What was found of a row, by the version of kubectl as `1.33.13`; nothing for a version that has no such command. */
export type Findings = ReadonlyMap<Row, ReadonlyMap<string, Mark>>;

/** The table of docs/reference/kubectl.md, a line per row, laid out as prettier does. */
export function tableOf(findings: Findings): string {
  const cells = [...findings].map(([row, marked]) => [
    `\`kubectl ${row.command}\``,
    row.what.replaceAll('|', '\\|'),
    verdict(row, marked),
  ]);
  const lines = [['command', 'with', 'with kubectl 1.30 to 1.33'], [], ...cells];
  const widths = [0, 1, 2].map((at) => Math.max(...lines.map((line) => line[at]?.length ?? 0)));
  return lines
    .map((line) => widths.map((width, at) => line[at]?.padEnd(width) ?? '-'.repeat(width)))
    .map((line) => `| ${line.join(' | ')} |\n`)
    .join('');
}

/** `N of M`: of all rows, those that work, or are refused as they should be, with every kubectl that has them. */
export function countOf(findings: Findings): string {
  const all = [...findings];
  const good = all.filter(([, marked]) => marked.size > 0 && ![...marked.values()].includes('fails'));
  const refused = good.filter(([row]) => row.refused);
  const said = `${good.length - refused.length} of ${all.length} work`;
  return refused.length === 0 ? said : `${said}, ${refused.length} are refused with a reason`;
}

/** The table stands between these two lines of its page. */
const begin = '<!-- written by npm run test:kubectl with KITH_WRITE_TABLE=1; not by hand -->';
const end = '<!-- end -->';

/** The page with this table and count in it. @throws Error where the page has no place for them */
export function withTable(page: string, findings: Findings): string {
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from === -1 || to < from) throw new Error(`the page has no lines "${begin}" and "${end}"`);
  return `${page.slice(0, from)}${begin}\n\n${countOf(findings)}.\n\n${tableOf(findings)}\n${page.slice(to)}`;
}

/** Which versions they were, for who reads a run. */
export function versionsAs(versions: readonly Version[]): string {
  const said = versions.map(({ version, path }) => `\n        ${version.padEnd(8)} ${path}`);
  return versions.length === 0
    ? `skipped: no kubectl of 1.${minors.oldest} to 1.${minors.newest} is here (node scripts/peers.mjs kubectl, or https://kubernetes.io/docs/tasks/tools)`
    : `kubectl in ${versions.length} versions:${said.join('')}`;
}

function verdict(row: Row, marked: ReadonlyMap<string, Mark>): string {
  const failing = [...marked].filter(([, mark]) => mark === 'fails').map(([version]) => version);
  if (failing.length > 0) return `**fails** with ${failing.join(', ')}`;
  if (marked.size === 0) return `not tried here (${titleOf(row)})`;
  if (row.refused) return `refused: ${row.refused.why}`;
  return row.since === undefined ? 'works' : `works, from 1.${row.since} on`;
}
