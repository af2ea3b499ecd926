import type { Event, Node, Pod } from '../../api/types.ts';
import type { Client } from '../../client/client.ts';
import { informer } from '../../client/informer.ts';
import type { Transport } from '../../client/transport.ts';
import type { Clock } from '../../process/clock.ts';
import { silentLog } from '../../process/log.ts';
import type { Random } from '../../process/random.ts';
import { plainText } from '../print/text-width.ts';
import type { Link, Screen } from './frame.ts';
import type { Access } from './help.ts';
import { LogTail } from './log-tail.ts';
import { noLogs } from './log-view.ts';
import { Pulse } from './pulse.ts';
import { byKey, eventRow, hostRow, newestFirst, podRow, type Row } from './rows.ts';
import type { Pane } from './view.ts';

/** Changes are drawn together, at most so often. */
const drawMsMin = 100;
/** Ages count on even if nothing changes. */
const ageMs = 1_000;
/** Events that are kept for the screen. */
const eventsMax = 500;
/** Bookmarks come every 15 s: after two and a bit a watch is not alive, whatever it says. */
const deafMsMax = 35_000;
/** The controller is asked every 2 s: after two answers that did not come it is away, or the way to it is. */
const silentMsMax = 4_500;

interface Tools {
  client: Client;
  transport: Transport;
  clock: Clock;
  random: Random;
  cluster: string;
  access?: Access | undefined;
}

/** The live data behind the screen. It never ends by itself: what is lost comes back, and until then the last state stays. */
export class Source {
  readonly #tools: Tools;
  readonly #nodes;
  readonly #pods;
  readonly #events;
  readonly #pulse;
  /** When the controller last answered while every watch was well: so far what is shown is true. */
  #trueAt = -Infinity;
  #listener: () => void = () => {};
  #drawnAt = -Infinity;
  #isPending = false;
  #logs: LogTail | undefined;
  readonly #ticking;
  readonly #rows: Partial<Record<Pane, Row[]>> = {};
  /** An object is replaced when it changes, so its row is made once. */
  readonly #rowOf = new WeakMap<object, Row>();

  constructor(tools: Tools) {
    const { client, clock, random } = tools;
    const quiet = { clock, random, log: silentLog };
    this.#tools = tools;
    this.#nodes = informer<Node>(client, 'Node', {}, quiet);
    this.#pods = informer<Pod>(client, 'Pod', {}, quiet);
    this.#events = informer<Event>(client, 'Event', {}, quiet);
    const follow = (each: ReturnType<typeof informer>, ...stale: Pane[]) => {
      each.onChange(() => this.#changed(...stale));
      void each.ready().then(() => this.#changed());
    };
    follow(this.#nodes, 'hosts');
    // Hosts tell how many pods they run.
    follow(this.#pods, 'pods', 'hosts');
    follow(this.#events, 'events');
    this.#pulse = new Pulse(tools, () => {
      if (this.#link().state === 'live') this.#trueAt = clock.now();
      this.#changed();
    });
    this.#ticking = clock.every(ageMs, () => this.#changed());
  }

  /** Calls `listener` whenever there is something new to draw. */
  onDraw(listener: () => void): void {
    this.#listener = listener;
  }

  screen(): Screen {
    return {
      cluster: this.#tools.cluster,
      access: this.#tools.access,
      now: this.#tools.clock.date(),
      rows: {
        hosts: (this.#rows.hosts ??= this.#hostRows()),
        pods: (this.#rows.pods ??= byKey(this.#pods.all().map((pod) => this.#row(pod, podRow)))),
        events: (this.#rows.events ??= newestFirst(
          this.#events.all().map((event) => this.#row(event, eventRow)),
        ).slice(0, eventsMax)),
      },
      logs: this.#logs?.lines() ?? noLogs,
      link: this.#link(),
    };
  }

  #row<T extends object>(object: T, make: (object: T) => Row): Row {
    const known = this.#rowOf.get(object);
    if (known) return known;
    const row = make(object);
    this.#rowOf.set(object, row);
    return row;
  }

  #hostRows(): Row[] {
    const running = new Map<string, number>();
    for (const { spec, status } of this.#pods.all())
      if (spec?.nodeName && status?.phase === 'Running')
        running.set(spec.nodeName, (running.get(spec.nodeName) ?? 0) + 1);
    return byKey(this.#nodes.all().map((node) => hostRow(node, running)));
  }

  #link(): Link {
    const { clock } = this.#tools;
    const all = [this.#nodes, this.#pods, this.#events];
    const now = clock.now();
    const heardAt = all.map(({ lastSyncAt }) => lastSyncAt);
    const oldest = Math.min(...heardAt);
    const isDeaf = now - oldest > deafMsMax;
    const isSilent = now - Math.max(this.#pulse.lastAnswerAt, ...heardAt) > silentMsMax;
    const error = all.map(({ lastError }) => lastError).find(Boolean);
    const tries = all.flatMap(({ nextTryAt }) => (nextTryAt === undefined ? [] : [nextTryAt - now]));
    const isSynced = all.every(({ synced }) => synced);
    const isLost = error !== undefined || isDeaf || isSilent;
    return {
      state: isLost ? 'lost' : isSynced ? 'live' : 'connecting',
      // A watch that is dead beside a controller that answers has told nothing since its own last word.
      silentMs: now - (isDeaf && !isSilent ? oldest : Math.max(this.#trueAt, oldest)),
      nextTryMs: tries.length > 0 ? Math.max(0, Math.min(...tries)) : undefined,
      problem: isLost ? problemOf(error) : undefined,
    };
  }

  /** Follows the log of `namespace/name`, or of none. One at a time: what is not shown is not watched. */
  follow(pod: string | undefined): void {
    if (pod === this.#logs?.pod) return;
    this.#logs?.stop();
    this.#logs = pod ? new LogTail(pod, this.#tools, () => this.#changed()) : undefined;
    this.#changed();
  }

  #changed(...stale: Pane[]): void {
    for (const pane of stale) delete this.#rows[pane];
    if (this.#isPending) return;
    this.#isPending = true;
    const { clock } = this.#tools;
    clock.after(Math.max(0, this.#drawnAt + drawMsMin - clock.now()), () => {
      this.#isPending = false;
      this.#drawnAt = clock.now();
      this.#listener();
    });
  }

  async stop(): Promise<void> {
    this.#listener = () => {};
    this.#ticking.cancel();
    this.#pulse.stop();
    this.follow(undefined);
    await Promise.all([this.#nodes.stop(), this.#pods.stop(), this.#events.stop()]);
  }
}

/** In a few words: the line on which it stands is short. */
function problemOf(error: Error | undefined): string | undefined {
  if (!error) return 'no word from the controller';
  const { cause } = error as { cause?: { cause?: { code?: string } } };
  const code = cause?.cause?.code;
  if (code === 'ECONNREFUSED' || code === 'ECONNRESET') return 'controller away';
  return plainText(error.message.replace(/^the API server does not answer: /, ''));
}
