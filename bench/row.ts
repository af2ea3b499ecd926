/** One measured figure with its spread, what it is held against in the same run, and what it is to reach. */
export interface BenchRow {
  name: string;
  unit: string;
  /** One per run. */
  values: number[];
  /** The same work done by something known, run by run beside ours. */
  peer?: { name: string; values: number[] };
  /** Of the median value, or of the median ratio of value to peer. */
  goal?: { atLeast?: number; atMost?: number; of: 'value' | 'ratio' };
}
