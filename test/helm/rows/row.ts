import type { Ground } from '../support/ground.ts';
import type { Helm } from '../support/release.ts';

/** One thing that helm does to a cluster, tried by what the cluster is afterwards. */
export interface Row {
  title: string;
  test: (helm: Helm, ground: Ground) => Promise<void>;
  /** Whether a namespace is there before. @default true */
  hasNamespace?: boolean;
  /** Rows of one lane never run at the same time: what they make is there once in a cluster. */
  lane?: string;
}

export function row(title: string, test: Row['test'], more: Omit<Row, 'title' | 'test'> = {}): Row {
  return { title, test, ...more };
}
