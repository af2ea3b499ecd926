import { invalid } from '../../../api/errors.ts';
import { invalidValue } from '../../../api/field-errors.ts';
import { GoValue } from '../../../api/go-value.ts';
import type { Service } from '../../../api/types.ts';
import type { Admission } from './admission-request.ts';
import { holderOf } from './cluster-ips.ts';

/** Gives a Service its address, once and for its life. `None` (headless) stays; an ExternalName has none. */
export const serviceAddress: Admission = ({ operation, kind, object, old, clusterIps, otherwise }) => {
  if (kind.type !== 'Service') return object;
  const service = object as Service;
  const spec = { ...service.spec };
  const holder = holderOf(service);
  const policyBefore = operation === 'update' ? (old as Service).spec?.ipFamilyPolicy : undefined;
  const before = operation === 'update' ? (old as Service).spec?.clusterIP : undefined;

  // Left out of an update, it stays as its address does.
  const ipFamilyPolicy = spec.ipFamilyPolicy ?? policyBefore ?? 'SingleStack';
  if (spec.type === 'ExternalName') {
    if (spec.clusterIP) spec.clusterIPs ??= [spec.clusterIP];
    else delete spec.clusterIP;
    return { ...object, spec };
  }
  // A manifest that is applied again does not name the address: it keeps what it has.
  const wanted = spec.clusterIP || spec.clusterIPs?.[0] || before;
  if (before && wanted !== before)
    throw invalid('Service', service.metadata?.name ?? '', [
      invalidValue(
        'spec.clusterIPs[0]',
        new GoValue(`[]string{${JSON.stringify(wanted)}}`),
        'may not change once set',
      ),
    ]);
  if (wanted === 'None')
    return {
      ...object,
      spec: { ...spec, clusterIP: 'None', clusterIPs: spec.clusterIPs ?? ['None'], ipFamilyPolicy },
    };

  const isHeld = wanted !== undefined && wanted === before && clusterIps.holds(holder, wanted);
  const clusterIP = isHeld ? wanted : clusterIps.take(holder, wanted);
  if (!isHeld) otherwise(() => clusterIps.release(holder, clusterIP));
  return {
    ...object,
    spec: {
      ...spec,
      clusterIP,
      clusterIPs: [clusterIP],
      ipFamilies: spec.ipFamilies ?? ['IPv4'],
      ipFamilyPolicy,
    },
  };
};
