import type { Trial } from './trial.ts';

/** Something that kubectl can do, and how it is seen to be done. */
export interface Row {
  /** As in the `--help` tree: `create deployment`. */
  command: string;
  /** Which of its flags or ways, as the table shows it: `--replicas`; empty for the command as such. Unique per command. */
  what: string;
  /** The oldest minor version of kubectl 1 that has it. @default all */
  since?: number;
  /** Rows of one lane run one after another, for they use something that there is once. */
  lane?: 'host' | 'kinds';
  /** `podman`: skipped on a machine without it (with CI=true it fails). */
  needs?: 'podman';
  /** Set where it cannot work, and `test` holds that it is refused and with which words. */
  refused?: Refusal;
  /** Throws where it does not work: the exit code and the effect on the cluster must be right. */
  test(trial: Trial): Promise<void>;
}

/** The reasons that there may be for not working. */
export type Refusal =
  | { because: 'privileged pod' | 'host namespace'; why: string }
  /** One sandbox cannot do it; the row of the same command that is named here does, in the other. */
  | { because: 'sandbox'; why: string; worksAs: string };

export type RowOptions = Omit<Row, 'command' | 'what' | 'test'>;

export function row(command: string, what: string, test: Row['test'], options: RowOptions = {}): Row {
  return { command, what, test, ...options };
}

/** How reports name it. */
export function titleOf({ command, what }: Pick<Row, 'command' | 'what'>): string {
  return what === '' ? command : `${command}: ${what}`;
}
