import type { Screen } from './frame.ts';

/** The state in one line, for output that is no terminal. */
export function statusLine({ rows, link }: Screen): string {
  const hosts = rows.hosts.map(({ key, cells }) => `${key} ${cells[1]}`).join(', ');
  const ready = rows.pods.filter(({ state }) => state === 'good').length;
  const waiting = rows.pods
    .filter(({ state }) => state !== 'good')
    .map(({ cells }) => `${cells[0]} ${cells[1]}`);
  const pods = `${ready}/${rows.pods.length} pods ready${waiting.length > 0 ? ` (${waiting.join(', ')})` : ''}`;
  const lost = link.ok ? '' : ` · no answer from the controller for ${Math.round(link.ageMs / 1000)}s`;
  return `hosts: ${hosts || 'none'} · ${pods}${lost}`;
}
