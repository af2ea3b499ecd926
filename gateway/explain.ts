import type { Pod, Service } from '../api/types.ts';
import type { Client } from '../client/client.ts';
import { waitAtMost } from '../process/bounded.ts';
import type { Clock } from '../process/clock.ts';
import type { App } from './directory.ts';

/** Lines on a page that explains; more would not be read. */
const linesMax = 8;
/** A message of an app or an image can be long. */
const lineLettersMax = 400;
/** A page that says little now is better than one that says all later. */
const askMsMax = 1_500;
/** Many requests fail at once: one of them asks the controller for all. */
const freshMs = 2_000;
/** Of a list of apps so many are explained at the most; the page of each further one still says why. */
const listedMax = 50;
/** How many apps of a list are asked about at once: each costs the controller two reads. */
const askedAtOnceMax = 5;

/** Says why apps have no ready replica. */
export class Explainer {
  readonly #client: Client;
  readonly #clock: Clock;
  readonly #recent = new Map<string, { at: number; lines: Promise<string[]> }>();

  constructor(client: Client, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
  }

  /** Why an app's pods are not ready, one line for each; what it is not if nobody can be asked. */
  async explain(app: App): Promise<string[]> {
    const key = `${app.namespace}/${app.service}`;
    const now = this.#clock.now();
    for (const [old, { at }] of this.#recent) if (now - at > freshMs) this.#recent.delete(old);
    let recent = this.#recent.get(key);
    if (!recent) {
      recent = { at: now, lines: this.#ask(app) };
      this.#recent.set(key, recent);
    }
    return recent.lines;
  }

  /** The first reason for each app of a list, as far as it is known within the time that a page may take. */
  async firstReasons(apps: App[]): Promise<Map<App, string>> {
    const reasons = new Map<App, string>();
    const waiting = apps.slice(0, listedMax);
    let isLate = false;
    const asker = async () => {
      for (let app = waiting.shift(); app && !isLate; app = waiting.shift()) {
        const [first] = await this.explain(app);
        if (first) reasons.set(app, first);
      }
    };
    const askers = Array.from({ length: askedAtOnceMax }, asker);
    await waitAtMost(this.#clock, askMsMax, Promise.all(askers));
    isLate = true;
    return reasons;
  }

  async #ask(app: App): Promise<string[]> {
    const late = Promise.withResolvers<string[]>();
    const timer = this.#clock.after(askMsMax, () =>
      late.resolve(['The controller has not answered yet, so there is no word on the pods.']),
    );
    try {
      const lines = await Promise.race([explainApp(this.#client, app), late.promise]);
      return lines.map((line) => (line.length > lineLettersMax ? `${line.slice(0, lineLettersMax)}…` : line));
    } finally {
      timer.cancel();
    }
  }
}

async function explainApp(client: Client, app: App): Promise<string[]> {
  try {
    const service = await client.get<Service>({
      kind: 'Service',
      namespace: app.namespace,
      name: app.service,
    });
    const selector = service.spec?.selector;
    if (!selector) return ['The Service has no selector, and nobody has given it endpoints.'];
    const labelSelector = Object.entries(selector)
      .map(([key, value]) => `${key}=${value}`)
      .join(',');
    const pods = await client.list<Pod>('Pod', { namespace: app.namespace, labelSelector, limit: linesMax });
    if (pods.items.length === 0)
      return [`No pod has the labels ${labelSelector}: is there a Deployment, and has it replicas?`];
    return pods.items.slice(0, linesMax).map((pod) => `${pod.metadata?.name}: ${whyPodWaits(pod)}`);
  } catch (error) {
    return [`The controller could not be asked: ${(error as Error).message}`];
  }
}

/** The first thing that stands in a pod's way, in its own words. */
export function whyPodWaits(pod: Pod): string {
  if (pod.metadata?.deletionTimestamp) return 'is ending';
  const unscheduled = pod.status?.conditions?.find(
    ({ type, status }) => type === 'PodScheduled' && status === 'False',
  );
  if (unscheduled) return unscheduled.message ?? unscheduled.reason ?? 'waits for a host';
  for (const { name, state } of pod.status?.containerStatuses ?? []) {
    const stopped = state?.waiting ?? state?.terminated;
    if (stopped) return `${name}: ${[stopped.reason, stopped.message].filter(Boolean).join(': ')}`;
  }
  const unready = pod.status?.conditions?.find(({ type, status }) => type === 'Ready' && status !== 'True');
  return unready?.message ?? pod.status?.message ?? `is ${pod.status?.phase ?? 'new'}, not ready yet`;
}
