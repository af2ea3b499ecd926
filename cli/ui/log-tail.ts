import { textOf } from '../../client/body.ts';
import { withQuery } from '../../client/paths.ts';
import type { Transport } from '../../client/transport.ts';
import type { Clock } from '../../process/clock.ts';
import { logLines } from '../log-lines.ts';
import { plainText } from '../print/text-width.ts';
import { statusError } from '../status-error.ts';
import type { LogLines } from './log-view.ts';

/** Lines of one pod's log that are kept. */
const linesMax = 2_000;
/** Lines that are read of what was written before. */
const linesBefore = 500;
/** A line longer than this is cut: it is to be read, not to be kept. */
const lineCharactersMax = 4_000;
/** Wait before a log that has ended is followed again: longer and longer, up to the second. */
const againMs = { first: 500, max: 5_000 };

/** What one pod writes, as long as it is looked at: goes on by itself after a cut, with neither gaps nor repeats. */
export class LogTail {
  readonly pod: string;
  readonly #tools: { transport: Transport; clock: Clock };
  readonly #onChange: () => void;
  readonly #stopping = new AbortController();
  #first = 0;
  #lines: string[] = [];
  #problem: string | undefined;
  /** The time of the last line, as the host wrote it: where to go on. */
  #lastTime = '';
  /** How many lines of that very time were seen. */
  #ofLastTime = 0;

  constructor(pod: string, tools: { transport: Transport; clock: Clock }, onChange: () => void) {
    this.pod = pod;
    this.#tools = tools;
    this.#onChange = onChange;
    void this.#run();
  }

  lines(): LogLines {
    return { first: this.#first, lines: this.#lines, problem: this.#problem };
  }

  stop(): void {
    this.#stopping.abort(new Error('no longer shown'));
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    let waitMs = againMs.first;
    while (!signal.aborted) {
      const before = this.#lastTime;
      try {
        await this.#read(signal);
        this.#problem = undefined;
      } catch (error) {
        if (signal.aborted) return;
        this.#problem = plainText((error as Error).message);
      }
      this.#onChange();
      waitMs = this.#lastTime === before ? Math.min(waitMs * 2, againMs.max) : againMs.first;
      await this.#tools.clock.sleep(waitMs, signal).catch(() => {});
    }
  }

  async #read(signal: AbortSignal): Promise<void> {
    const [namespace, name] = this.pod.split('/');
    const query = {
      follow: 'true',
      timestamps: 'true',
      ...(this.#lastTime ? { sinceTime: this.#lastTime } : { tailLines: String(linesBefore) }),
    };
    const path = withQuery(`/api/v1/namespaces/${namespace}/pods/${name}/log`, query);
    const response = await this.#tools.transport.request({ method: 'GET', path, signal });
    if (response.status >= 300) throw statusError(await textOf(response.body), response.status);
    this.#problem = undefined;
    // What is asked for again begins with what was seen last.
    let seen = this.#ofLastTime;
    for await (const line of logLines(response.body)) {
      const space = line.indexOf(' ');
      const time = line.slice(0, space);
      if (time < this.#lastTime) continue;
      if (time === this.#lastTime && seen > 0) seen -= 1;
      else this.#add(time, line.slice(space + 1));
    }
  }

  #add(time: string, text: string): void {
    this.#ofLastTime = time === this.#lastTime ? this.#ofLastTime + 1 : 1;
    this.#lastTime = time;
    this.#lines.push(plainText(text.slice(0, lineCharactersMax)));
    if (this.#lines.length > linesMax) {
      const gone = this.#lines.length - linesMax;
      this.#lines.splice(0, gone);
      this.#first += gone;
    }
    this.#onChange();
  }
}
