import { kindNamed } from '../../../api/kinds.ts';
import type { Service } from '../../../api/types.ts';
import type { Log } from '../../../process/log.ts';
import { isStoreClosed } from '../../store/errors.ts';
import type { Store } from '../../store/store.ts';
import { collectionKey } from '../storage/keys.ts';
import { clusterIpOf, holderOf, type ClusterIps } from './cluster-ips.ts';

/** Keeps in step with the store which Service addresses are taken. Returns what ends it. */
export function followServiceAddresses(store: Store, clusterIps: ClusterIps, log: Log): () => void {
  const prefix = collectionKey(kindNamed('Service'));
  const hold = (service: Service) => {
    const address = clusterIpOf(service);
    if (!address) return;
    try {
      clusterIps.take(holderOf(service), address);
    } catch (error) {
      log.error('two Services have one address: delete one of them and create it again', {
        service: holderOf(service),
        address,
        error,
      });
    }
  };
  const { entries, revision } = store.list(prefix);
  for (const { value } of entries) hold(value as Service);
  return store.watch(
    prefix,
    revision,
    (event) => {
      const service = event.entry.value as Service;
      if (event.type === 'put') hold(service);
      else clusterIps.release(holderOf(service), clusterIpOf(service));
    },
    (error) => {
      // When the store closes nothing is asked of the addresses any more.
      if (isStoreClosed(error)) return;
      log.error(
        'Service addresses are no longer followed, so one may be given twice: restart the controller',
        {
          error,
        },
      );
    },
  );
}
