import type { Event, Node, Pod } from '../../api/types.ts';
import { linesOf } from '../../client/body.ts';
import type { Client } from '../../client/client.ts';
import { informer } from '../../client/informer.ts';
import type { Transport } from '../../client/transport.ts';
import type { Clock } from '../../process/clock.ts';
import { silentLog } from '../../process/log.ts';
import type { Random } from '../../process/random.ts';
import type { Screen } from './frame.ts';
import { byKey, eventRows, hostRows, podRows } from './rows.ts';

/** Changes are drawn together, at most so often. */
const drawMsMin = 100;
/** Ages count on even if nothing changes. */
const ageMs = 1_000;
/** Events that are kept for the screen. */
const eventsMax = 500;
/** Lines of one pod's log that are kept. */
const logLinesMax = 2_000;
/** Bookmarks come every 15 s: after two and a bit the link is not alive, whatever it says. */
const silentMsMax = 35_000;
/** Wait before a cut log is followed again. */
const logRetryMs = 1_000;

/** The live data behind the screen. It never ends by itself: what is lost comes back, and until then the last state stays. */
export class Source {
  readonly #tools: { client: Client; transport: Transport; clock: Clock };
  readonly #nodes;
  readonly #pods;
  readonly #events;
  #listener: () => void = () => {};
  #drawn = -Infinity;
  #pending = false;
  #logs: { pod: string; lines: string[]; abort: AbortController } | undefined;
  readonly #ticking;
  readonly #cluster: string;

  constructor(tools: {
    client: Client;
    transport: Transport;
    clock: Clock;
    random: Random;
    cluster: string;
  }) {
    const { client, clock, random } = tools;
    const quiet = { clock, random, log: silentLog };
    this.#tools = tools;
    this.#cluster = tools.cluster;
    this.#nodes = informer<Node>(client, 'Node', {}, quiet);
    this.#pods = informer<Pod>(client, 'Pod', {}, quiet);
    this.#events = informer<Event>(client, 'Event', {}, quiet);
    for (const each of this.#all()) {
      each.onChange(() => this.#changed());
      void each.ready().then(() => this.#changed());
    }
    this.#ticking = clock.every(ageMs, () => this.#changed());
  }

  #all() {
    return [this.#nodes, this.#pods, this.#events];
  }

  /** Calls `listener` whenever there is something new to draw. */
  onDraw(listener: () => void): void {
    this.#listener = listener;
  }

  screen(): Screen {
    const { clock } = this.#tools;
    const now = clock.date();
    const pods = this.#pods.all();
    const broken = this.#all().find(({ lastError, synced }) => lastError ?? !synced);
    const age = clock.now() - Math.min(...this.#all().map(({ lastSyncAt }) => lastSyncAt));
    return {
      cluster: this.#cluster,
      rows: {
        hosts: byKey(hostRows(this.#nodes.all(), pods, now)),
        pods: byKey(podRows(pods, now)),
        events: eventRows(this.#events.all(), now).slice(0, eventsMax),
      },
      logs: this.#logs?.lines ?? [],
      link: { ok: !broken && age < silentMsMax, ageMs: age, problem: broken?.lastError?.message },
    };
  }

  /** Follows the log of `namespace/name`, or of none. One at a time: what is not shown is not watched. */
  follow(pod: string | undefined): void {
    if (pod === this.#logs?.pod) return;
    this.#logs?.abort.abort(new Error('no longer shown'));
    this.#logs = undefined;
    if (!pod) return;
    const followed = { pod, lines: [] as string[], abort: new AbortController() };
    this.#logs = followed;
    void this.#read(followed);
  }

  async #read({
    pod,
    lines,
    abort,
  }: {
    pod: string;
    lines: string[];
    abort: AbortController;
  }): Promise<void> {
    const [namespace, name] = pod.split('/');
    const { transport, clock } = this.#tools;
    const { signal } = abort;
    for (let tail = 200; !signal.aborted; tail = 0) {
      const path = `/api/v1/namespaces/${namespace}/pods/${name}/log?follow=true&tailLines=${tail}`;
      try {
        const response = await transport.request({ method: 'GET', path, signal });
        for await (const line of linesOf(response.body)) {
          lines.push(line);
          if (lines.length > logLinesMax) lines.splice(0, lines.length - logLinesMax);
          this.#changed();
        }
      } catch (error) {
        if (signal.aborted) return;
        lines.push(`— the log was cut: ${(error as Error).message} —`);
        this.#changed();
      }
      await clock.sleep(logRetryMs, signal).catch(() => {});
    }
  }

  #changed(): void {
    if (this.#pending) return;
    this.#pending = true;
    const { clock } = this.#tools;
    clock.after(Math.max(0, this.#drawn + drawMsMin - clock.now()), () => {
      this.#pending = false;
      this.#drawn = clock.now();
      this.#listener();
    });
  }

  async stop(): Promise<void> {
    this.#listener = () => {};
    this.#ticking.cancel();
    this.follow(undefined);
    await Promise.all(this.#all().map((each) => each.stop()));
  }
}
