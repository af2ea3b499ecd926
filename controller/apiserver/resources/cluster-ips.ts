import { isIP } from 'node:net';
import { internal, invalid } from '../../../api/errors.ts';
import { invalidValue } from '../../../api/field-errors.ts';
import { GoValue } from '../../../api/go-value.ts';
import type { Service } from '../../../api/types.ts';
import { randomInteger, type Random } from '../../../process/random.ts';

/** Service addresses: 10.96.0.0/12, as kubeadm has it. They mean something inside sandboxes only. */
const rangeStart = 10 * 2 ** 24 + 96 * 2 ** 16;
const rangeSize = 2 ** 20;
/** The first ones have meanings that users know: .1 the API server, .10 DNS. They are given to who asks for them by name. */
const reservedFirst = 16;
/** A nearly full range is walked instead. */
const randomTriesMax = 32;

/**
 * Which Service addresses are taken. Taking is synchronous, so two Services in flight cannot get the same; an address is freed
 * when its Service is gone from the store, or was never written.
 */
export class ClusterIps {
  readonly #taken = new Map<number, string>();
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  /** An address for the Service named `holder`: the one it asks for, or any free one. */
  take(holder: string, wanted?: string): string {
    const address = wanted ? this.#check(wanted, holder) : this.#free();
    this.#taken.set(address, holder);
    return formatAddress(address);
  }

  /** Frees the address if `holder` has it. */
  release(holder: string, text: string | undefined): void {
    const address = parseAddress(text ?? '');
    if (address !== undefined && this.#taken.get(address) === holder) this.#taken.delete(address);
  }

  /** Whether `holder` has this address already. */
  holds(holder: string, text: string): boolean {
    return this.#taken.get(parseAddress(text) ?? -1) === holder;
  }

  get takenCount(): number {
    return this.#taken.size;
  }

  #check(wanted: string, holder: string): number {
    const address = parseAddress(wanted);
    const name = holder.split('/').at(-1)!;
    if (isIP(wanted) === 0)
      throw invalid('Service', name, [
        invalidValue(
          'spec.clusterIPs[0]',
          wanted,
          'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
        ),
      ]);
    const refuse = (why: string) =>
      invalid('Service', name, [
        invalidValue(
          'spec.clusterIPs',
          new GoValue(`[]string{${JSON.stringify(wanted)}}`),
          `failed to allocate IP ${wanted}: ${why}`,
        ),
      ]);
    if (address === undefined || address <= rangeStart || address >= rangeStart + rangeSize - 1)
      throw refuse('the provided network does not match the current range');
    const other = this.#taken.get(address);
    if (other !== undefined && other !== holder) throw refuse('provided IP is already allocated');
    return address;
  }

  #free(): number {
    const usable = rangeSize - reservedFirst - 1;
    let address = rangeStart + reservedFirst + randomInteger(this.#random, usable);
    for (let tries = 0; this.#taken.has(address); tries++) {
      if (tries > rangeSize)
        throw internal('all Service addresses of 10.96.0.0/12 are taken: delete a Service');
      if (tries < randomTriesMax) address = rangeStart + reservedFirst + randomInteger(this.#random, usable);
      else address = rangeStart + reservedFirst + ((address + 1 - rangeStart - reservedFirst) % usable);
    }
    return address;
  }
}

/** A Service as the holder of its address. */
export function holderOf({ metadata }: Service): string {
  return `${metadata?.namespace}/${metadata?.name}`;
}

/** The addresses that a Service has, beside the word `None`. */
export function clusterIpOf(service: Service): string | undefined {
  const address = service.spec?.clusterIP;
  return address && address !== 'None' ? address : undefined;
}

function parseAddress(text: string): number | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (!match) return undefined;
  const parts = match.slice(1).map(Number);
  if (parts.some((part) => part > 255)) return undefined;
  return parts.reduce((sum, part) => sum * 256 + part, 0);
}

function formatAddress(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.');
}
