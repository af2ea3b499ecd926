import { hasHealthPort, hasNodePorts, nodePortsOf, wantsNodePorts } from '../../../api/service-type.ts';
import type { Service, ServiceSpec } from '../../../api/types.ts';
import type { Admission } from './admission-request.ts';
import { holderOf } from './cluster-ips.ts';
import { settleUpdate } from './service-type-change.ts';

/** Gives a Service the node ports that its type has: those that it names, those that it had, and new ones. */
export const servicePorts: Admission = ({ operation, kind, object, old, nodePorts, otherwise }) => {
  const service = object as Service;
  if (kind.type !== 'Service' || !service.spec) return object;
  const before = operation === 'update' ? (old as Service).spec : undefined;
  const spec: ServiceSpec = before ? settleUpdate(service.spec, before) : { ...service.spec };
  const holder = holderOf(service);
  const had = new Set(before ? nodePortsOf(before) : []);
  const taken = new Set<number>();
  const take = (wanted: number | undefined, field: string): number => {
    if (wanted && (had.has(wanted) || taken.has(wanted))) return wanted;
    if (wanted) nodePorts.this(holder, wanted, field);
    const port = wanted ?? nodePorts.any(holder);
    taken.add(port);
    otherwise(() => nodePorts.release(holder, port));
    return port;
  };
  if (hasNodePorts(spec)) {
    /** One number serves all protocols of a port. */
    const byPort = new Map<number, number>();
    for (const { port, nodePort } of spec.ports ?? []) if (nodePort) byPort.set(port, nodePort);
    spec.ports = spec.ports?.map((each, index) => {
      const wanted = each.nodePort || (before ? undefined : byPort.get(each.port));
      if (!wanted && !wantsNodePorts(spec)) return each;
      const nodePort = take(wanted || undefined, `spec.ports[${index}].nodePort`);
      byPort.set(each.port, nodePort);
      return { ...each, nodePort };
    });
  }
  if (hasHealthPort(spec))
    spec.healthCheckNodePort = take(spec.healthCheckNodePort || undefined, 'spec.healthCheckNodePort');
  return { ...object, spec };
};
