import type { Pod, Service } from '../../api/types.ts';
import { selects } from '../../api/selectors.ts';
import type { Client } from '../../client/client.ts';
import { mayOpen, openTo } from '../../gateway/directory.ts';
import type { Clock } from '../../process/clock.ts';
import type { MayOpen } from './tunnels.ts';

/** How long an answer of the controller's is believed: a Service that is closed to someone is closed soon. */
const freshMs = 5_000;
/** A tunnel does not wait longer for it; what was known before counts then. */
const askMsMax = 1_000;

interface Known {
  services: Service[] | undefined;
  askedAt: number;
  asking: Promise<void>;
}

/**
 * Holds `kith.home.arpa/open-to` on the pod's own host as well: a gateway is its owner's program, and may have been changed. A
 * pod may be opened by whom any Service that selects it is open to; one that no Service selects, by every member. While
 * no controller has ever answered the gateways' own word counts: apps must go on after a reboot without one.
 */
export function openToRule({ client, clock }: { client: Client; clock: Clock }): MayOpen {
  const namespaces = new Map<string, Known>();

  const ask = async (namespace: string, known: Known) => {
    const patience = new AbortController();
    const timer = clock.after(askMsMax, () => patience.abort(new Error('no answer in time')));
    try {
      known.services = (await client.list<Service>('Service', { namespace, signal: patience.signal })).items;
    } catch {
      // What was known before stays.
    } finally {
      timer.cancel();
    }
  };

  return async (pod: Pod, { certificate }) => {
    if (certificate.role === 'controller') return undefined;
    const namespace = pod.metadata?.namespace ?? '';
    const now = clock.now();
    let known = namespaces.get(namespace);
    if (!known) {
      known = { services: undefined, askedAt: -Infinity, asking: Promise.resolve() };
      namespaces.set(namespace, known);
    }
    if (now - known.askedAt > freshMs) {
      known.askedAt = now;
      known.asking = ask(namespace, known);
    }
    // Only the very first one waits: after that an old answer serves while a new one is fetched.
    if (!known.services) await known.asking;
    const selecting = (known.services ?? []).filter(
      ({ spec }) =>
        spec?.selector &&
        Object.keys(spec.selector).length > 0 &&
        selects({ matchLabels: spec.selector }, pod.metadata?.labels ?? {}),
    );
    if (selecting.length === 0) return undefined;
    const isOpen = selecting.some((service) => mayOpen({ openTo: openTo(service) }, certificate.owner));
    return isOpen
      ? undefined
      : `this app is not open to ${certificate.owner} (kith.home.arpa/open-to of Service ${selecting[0]!.metadata?.name})`;
  };
}
