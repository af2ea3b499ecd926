import { selects } from '../../api/selectors.ts';
import type { Pod, Service } from '../../api/types.ts';
import type { Client } from '../../client/client.ts';
import { informer, type Informer } from '../../client/informer.ts';
import { mayOpen, openTo } from '../../gateway/directory.ts';
import type { Clock, Timer } from '../../process/clock.ts';
import { readJsonFile, writeFileAtomically } from '../../process/folder.ts';
import type { Log } from '../../process/log.ts';
import type { Random } from '../../process/random.ts';
import type { Peer } from '../../swarm/swarm.ts';
import type { TunnelRefusal, TunnelRule } from './tunnels.ts';

/** A tunnel waits no longer for the first word on its pod's namespace. */
const firstWordMsMax = 1_000;
/** Many Services change at once: the file is written once for all of them. */
const saveAfterMs = 200;

/** What matters here of a Service. */
interface Rule {
  service: string;
  selector: Record<string, string>;
  openTo: string[];
}

export interface OpenToOptions {
  client: Client;
  clock: Clock;
  random: Random;
  log: Log;
  file: string;
  /** The namespaces that pods here are of: of others nothing is followed or kept. */
  inUse: () => Set<string>;
}

/**
 * Holds `kith.home.arpa/open-to` on the pod's own host as well: a gateway is its owner's program, and may have been changed. A
 * pod may be opened by whom any Service that selects it is open to; one that no Service selects, by every member. The rules
 * are followed from the moment when a pod is here, and kept on disk, so that apps go on after a reboot without a controller;
 * where nothing is known yet, nobody may.
 */
export class OpenTo implements TunnelRule {
  readonly #options: OpenToOptions;
  /** By namespace, of an earlier run. */
  readonly #saved: Map<string, Rule[]>;
  readonly #followed = new Map<string, Informer<Service>>();
  readonly #listeners = new Set<() => void>();
  #timer: Timer | undefined;
  #saving = Promise.resolve();
  #written = '';

  constructor(options: OpenToOptions) {
    this.#options = options;
    this.#saved = new Map(Object.entries(this.#read()));
  }

  /** Follows the rules of a namespace: called as soon as a pod of it is here, since the controller may be away when the first tunnel comes. */
  follow(namespace: string): Informer<Service> {
    const known = this.#followed.get(namespace);
    if (known) return known;
    const { client, clock, random, log } = this.#options;
    const services = informer<Service>(client, 'Service', { namespace }, { clock, random, log });
    this.#followed.set(namespace, services);
    services.onChange(() => this.#saveSoon());
    void services.ready().then(() => this.#saveSoon());
    return services;
  }

  /** Why this member may not open the pod, by who owns it; undefined: it may. */
  async refusal(
    pod: Pod,
    { certificate }: { certificate: Pick<Peer['certificate'], 'role' | 'owner'> },
  ): Promise<TunnelRefusal | undefined> {
    if (certificate.role === 'controller') return undefined;
    const rules = await this.#rules(pod.metadata?.namespace ?? '');
    if (!rules)
      return {
        status: 503,
        reason: 'this host does not know yet to whom the app is open: its controller does not answer',
      };
    const labels = pod.metadata?.labels ?? {};
    const selecting = rules.filter(({ selector }) => selects({ matchLabels: selector }, labels));
    if (selecting.length === 0 || selecting.some((rule) => mayOpen(rule, certificate.owner)))
      return undefined;
    return {
      status: 403,
      reason: `this app is not open to ${certificate.owner} (kith.home.arpa/open-to of Service ${selecting[0]!.service})`,
    };
  }

  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  async stop(): Promise<void> {
    this.#timer?.cancel();
    await this.#saving;
    await Promise.all([...this.#followed.values()].map((services) => services.stop()));
  }

  async #rules(namespace: string): Promise<Rule[] | undefined> {
    const services = this.follow(namespace);
    const saved = this.#saved.get(namespace);
    if (!services.synced && !saved) await this.#firstWord(services);
    return services.synced ? services.all().flatMap(ruleOf) : saved;
  }

  async #firstWord(services: Informer<Service>): Promise<void> {
    const late = Promise.withResolvers<void>();
    const timer = this.#options.clock.after(firstWordMsMax, late.resolve);
    await Promise.race([services.ready(), late.promise]);
    timer.cancel();
  }

  #read(): Record<string, Rule[]> {
    try {
      return readJsonFile<Record<string, Rule[]>>(this.#options.file) ?? {};
    } catch (error) {
      this.#options.log.warn('who may open which app is asked of the controller again', { error });
      return {};
    }
  }

  #saveSoon(): void {
    this.#timer ??= this.#options.clock.after(saveAfterMs, () => {
      this.#timer = undefined;
      for (const listener of this.#listeners) listener();
      this.#saving = this.#save().catch((error: unknown) =>
        this.#options.log.warn('who may open which app could not be noted; it is kept in memory', { error }),
      );
    });
  }

  async #save(): Promise<void> {
    const inUse = this.#options.inUse();
    const unused = [...this.#followed].filter(([namespace]) => !inUse.has(namespace));
    for (const [namespace, services] of this.#followed)
      if (services.synced) this.#saved.set(namespace, services.all().flatMap(ruleOf));
    for (const [namespace] of unused) {
      this.#followed.delete(namespace);
      this.#saved.delete(namespace);
    }
    const text = JSON.stringify(Object.fromEntries(this.#saved));
    if (text !== this.#written) {
      await writeFileAtomically(this.#options.file, text);
      this.#written = text;
    }
    await Promise.all(unused.map(([, services]) => services.stop()));
  }
}

function ruleOf(service: Service): Rule[] {
  const { selector } = service.spec ?? {};
  if (!selector || Object.keys(selector).length === 0) return [];
  return [{ service: service.metadata?.name ?? '', selector, openTo: openTo(service) }];
}
