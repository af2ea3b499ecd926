import { minors, type Version } from './versions.ts';
import type { Row } from './row.ts';

export const marks = { works: 'works', refused: 'refused', absent: 'not in it', fails: '**fails**' } as const;
export type Mark = keyof typeof marks;

/** What was found of a row, by the version of kubectl as `1.33.13`. */
export type Findings = ReadonlyMap<Row, ReadonlyMap<string, Mark>>;

/** The table of docs/reference/kubectl.md: a line per row, and one verdict for all versions where they agree. */
export function tableOf(findings: Findings): string {
  const lines = ['| command | with | 1.30 to 1.33 |', '| --- | --- | --- |'];
  for (const [row, marked] of findings)
    lines.push(`| \`kubectl ${row.command}\` | ${cell(row.what)} | ${verdict(row, marked)} |`);
  return `${lines.join('\n')}\n`;
}

/** `N of M`: M is every row, N those that work with every kubectl that has them. */
export function countOf(findings: Findings): string {
  const worked = [...findings.values()].filter((marked) =>
    [...marked.values()].every((mark) => mark === 'works' || mark === 'absent'),
  );
  return `${worked.length} of ${findings.size}`;
}

/** Which versions they were, for who reads a run. */
export function versionsAs(versions: readonly Version[]): string {
  const said = versions.map(({ version, path }) => `  ${version}  ${path}`);
  return versions.length === 0
    ? `no kubectl of 1.${minors.oldest} to 1.${minors.newest} is here`
    : `kubectl in ${versions.length} versions:\n${said.join('\n')}`;
}

function verdict(row: Row, marked: ReadonlyMap<string, Mark>): string {
  const failing = [...marked].filter(([, mark]) => mark === 'fails').map(([version]) => version);
  if (failing.length > 0) return `${marks.fails} with ${failing.join(', ')}`;
  if (row.refused) return `refused: ${row.refused.why}`;
  return row.since === undefined ? marks.works : `${marks.works}, from 1.${row.since} on`;
}

const cell = (what: string) => what.replaceAll('|', '\\|');
