import type { Screen } from './frame.ts';

/** Pods that are named because they are not ready; the rest is counted. */
const namedMax = 5;

/** The state in one line, for output that is no terminal. The same state gives the same line. */
export function statusLine({ rows, link }: Screen): string {
  if (link.state === 'connecting') return 'asking the controller …';
  const hosts = rows.hosts.map(({ cells }) => `${cells[0]} ${cells[1]}`).join(', ');
  const waiting = rows.pods.filter(({ state }) => state !== 'good');
  const named = waiting.slice(0, namedMax).map(({ cells }) => `${cells[0]} ${cells[1]}`);
  if (waiting.length > namedMax) named.push(`${waiting.length - namedMax} more`);
  const ready = `${rows.pods.length - waiting.length}/${rows.pods.length} pods ready`;
  const lost =
    link.state === 'lost' ? `✗ ${link.problem ?? 'no word from the controller'}; until then: ` : '';
  return `${lost}hosts: ${hosts || 'none'} · ${ready}${named.length > 0 ? ` (${named.join(', ')})` : ''}`;
}
