import type { BenchRow } from './row.ts';

const sorted = (values: number[]) => values.toSorted((a, b) => a - b);

export function median(values: number[]): number {
  const all = sorted(values);
  const middle = all.length >> 1;
  return all.length % 2 === 1 ? all[middle]! : (all[middle - 1]! + all[middle]!) / 2;
}

function figure(value: number): string {
  if (Math.abs(value) >= 100) return value.toFixed(0);
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
}

/** `name  median unit (min–max of n runs) · ratio to peer · goal`, and whether the goal was missed. */
export function rowText(row: BenchRow): { line: string; isMissed: boolean } {
  const all = sorted(row.values);
  const parts = [
    `${row.name.padEnd(58)} ${figure(median(row.values))} ${row.unit} (${figure(all[0]!)}–${figure(all.at(-1)!)}, ${all.length} runs)`,
  ];
  const ratio = row.peer && median(row.values.map((value, index) => value / row.peer!.values[index]!));
  if (row.peer) parts.push(`${figure(ratio!)}× ${row.peer.name} (${figure(median(row.peer.values))})`);
  let isMissed = false;
  if (row.goal) {
    const held = row.goal.of === 'ratio' ? ratio! : median(row.values);
    const { atLeast, atMost } = row.goal;
    isMissed = (atLeast !== undefined && held < atLeast) || (atMost !== undefined && held > atMost);
    const bound = atLeast !== undefined ? `≥ ${atLeast}` : `≤ ${atMost}`;
    parts.push(`goal ${bound}${row.goal.of === 'ratio' ? '×' : ''}: ${isMissed ? 'MISSED' : 'reached'}`);
  }
  return { line: parts.join(' · '), isMissed };
}
