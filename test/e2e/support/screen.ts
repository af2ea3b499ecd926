import type { Kith } from '../../../scripts/demo/kith.ts';
import { until } from '../../support/wait.ts';

/** What a person sees at a terminal. */
export class Screen {
  readonly child: ReturnType<Kith['spawn']>;
  readonly ended: Promise<number | string>;
  out = '';
  err = '';

  constructor(kith: Kith, args: string[]) {
    this.child = kith.spawn(args);
    this.child.stdout!.on('data', (chunk) => (this.out += chunk));
    this.child.stderr!.on('data', (chunk) => (this.err += chunk));
    this.ended = new Promise((resolve) =>
      this.child.once('close', (code, signal) => resolve(signal ?? code ?? -1)),
    );
  }

  shows(pattern: RegExp, boundMs = 20_000): Promise<unknown> {
    return until(
      String(pattern),
      () => {
        if (pattern.test(this.out + this.err)) return true;
        throw new Error(`it shows:\n${this.out}${this.err}`);
      },
      boundMs,
    );
  }

  async stop(): Promise<void> {
    this.child.kill('SIGTERM');
    await this.ended;
  }
}
