import { isTcp } from '../../api/service-type.ts';
import type { Service } from '../../api/types.ts';

/** What the door needs to know: plain data, since it is sent to another process. */
export interface DoorView {
  /** Every port that any Service in view has: the door listens on these. */
  ports: number[];
  /** Which namespace asks, by the address of its container. */
  askers: Record<string, string>;
  /** By namespace: the addresses of its Services; null for one without. */
  services: Record<string, Record<string, string | null>>;
}

/** The door listens on so many ports at the most; a cluster of homes has a few dozen. */
export const doorPortsMax = 1_024;

/** What containers at these addresses may know. */
export function doorView(askers: ReadonlyMap<string, string>, services: readonly Service[]): DoorView {
  const ports = new Set<number>();
  const names: DoorView['services'] = Object.create(null) as DoorView['services'];
  for (const { metadata, spec } of services) {
    const { namespace = '', name = '' } = metadata ?? {};
    const address = addressOf(spec?.clusterIP);
    (names[namespace] ??= Object.create(null) as Record<string, string | null>)[name] = address ?? null;
    if (address !== undefined) for (const { port } of (spec?.ports ?? []).filter(isTcp)) ports.add(port);
  }
  return {
    ports: [...ports].toSorted((a, b) => a - b).slice(0, doorPortsMax),
    askers: Object.fromEntries(askers),
    services: names,
  };
}

function addressOf(clusterIP: string | undefined): string | undefined {
  return clusterIP === undefined || clusterIP === '' || clusterIP === 'None' ? undefined : clusterIP;
}
