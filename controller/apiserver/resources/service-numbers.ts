import { kindNamed } from '../../../api/kinds.ts';
import { nodePortsOf } from '../../../api/service-type.ts';
import type { Service } from '../../../api/types.ts';
import type { Log } from '../../../process/log.ts';
import { isStoreClosed } from '../../store/errors.ts';
import type { Store } from '../../store/store.ts';
import { collectionKey } from '../storage/keys.ts';
import { clusterIpOf, holderOf, type ClusterIps } from './cluster-ips.ts';
import type { NodePorts } from './node-ports.ts';

/** Keeps in step with the store which Service addresses and node ports are taken. Returns what ends it. */
export function followServices(
  store: Store,
  { clusterIps, nodePorts }: { clusterIps: ClusterIps; nodePorts: NodePorts },
  log: Log,
): () => void {
  const prefix = collectionKey(kindNamed('Service'));
  /** What each Service had when it was last stored: an update that is on its way has more, which is not ours to free. */
  const had = new Map<string, { address: string | undefined; ports: number[] }>();
  const hold = (service: Service) => {
    const holder = holderOf(service);
    const now = { address: clusterIpOf(service), ports: nodePortsOf(service.spec ?? {}) };
    const before = had.get(holder);
    if (before?.address !== now.address) clusterIps.release(holder, before?.address);
    for (const port of before?.ports ?? []) if (!now.ports.includes(port)) nodePorts.release(holder, port);
    had.set(holder, now);
    for (const port of now.ports) nodePorts.hold(holder, port);
    if (!now.address) return;
    try {
      clusterIps.take(holder, now.address);
    } catch (error) {
      log.error('two Services have one address: delete one of them and create it again', {
        service: holder,
        address: now.address,
        error,
      });
    }
  };
  const release = (service: Service) => {
    const holder = holderOf(service);
    clusterIps.release(holder, clusterIpOf(service));
    for (const port of nodePortsOf(service.spec ?? {})) nodePorts.release(holder, port);
    had.delete(holder);
  };
  const { entries, revision } = store.list(prefix);
  for (const { value } of entries) hold(value as Service);
  return store.watch(
    prefix,
    revision,
    (event) => {
      const service = event.entry.value as Service;
      if (event.type === 'put') hold(service);
      else release(service);
    },
    (error) => {
      // When the store closes nothing is asked of the addresses any more.
      if (isStoreClosed(error)) return;
      log.error(
        'Service addresses are no longer followed, so one may be given twice: restart the controller',
        { error },
      );
    },
  );
}
