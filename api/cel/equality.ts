import { Cidr, Ip } from './addresses.ts';
import type { Cost } from './run.ts';
import {
  Dict,
  Duration,
  List,
  Optional,
  QuantityValue,
  Timestamp,
  TypeValue,
  Uint,
  UrlValue,
} from './values.ts';
import type { Value } from './values.ts';

/** Whether two values are the same, as rules see it: 1, 1u and 1.0 are; values of different kinds are not, and no error. */
export function same(a: Value, b: Value, cost: Cost): boolean {
  if (typeof a === 'string' && typeof b === 'string') {
    cost.read(Math.min(a.length, b.length));
    return a === b;
  }
  const [left, right] = [numeric(a), numeric(b)];
  if (left !== undefined && right !== undefined) return left == right;
  if (a instanceof List && b instanceof List) {
    if (a.size !== b.size) return false;
    for (let index = 0; index < a.size; index++) {
      cost.spend(1);
      if (!same(a.at(index), b.at(index), cost)) return false;
    }
    return true;
  }
  if (a instanceof Dict && b instanceof Dict) {
    const keys = a.keys();
    if (keys.length !== b.size) return false;
    return keys.every((key) => {
      cost.spend(1);
      const other = b.get(key);
      return other !== undefined && same(a.get(key)!, other, cost);
    });
  }
  if (a instanceof Optional && b instanceof Optional) {
    if (a.value === undefined || b.value === undefined) return a.value === b.value;
    return same(a.value, b.value, cost);
  }
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b) === 0;
  const [one, other] = [identity(a), identity(b)];
  return one !== undefined ? one === other : a === b;
}

function numeric(value: Value): bigint | number | undefined {
  if (typeof value === 'bigint' || typeof value === 'number') return value;
  return value instanceof Uint ? value.value : undefined;
}

/** One text for each value that is no list, map or number. */
function identity(value: Value): string | undefined {
  if (value instanceof Duration) return `duration ${value.value}`;
  if (value instanceof Timestamp) return `time ${value.value}`;
  if (value instanceof TypeValue) return `type ${value.name}`;
  if (value instanceof UrlValue) return `url ${value.url.href}`;
  if (value instanceof QuantityValue) return `quantity ${value.amount}`;
  if (value instanceof Ip) return `ip ${value.text}`;
  return value instanceof Cidr ? `cidr ${value.ip.text}/${value.bits}` : undefined;
}

/** Smaller, same or larger; undefined where the two have no order. */
export function order(a: Value, b: Value, cost: Cost): number | undefined {
  if (typeof a === 'string' && typeof b === 'string') {
    cost.read(Math.min(a.length, b.length));
    return Buffer.compare(Buffer.from(a), Buffer.from(b));
  }
  const [left, right] = [numeric(a), numeric(b)];
  if (left !== undefined && right !== undefined)
    return left < right ? -1 : left == right ? 0 : left > right ? 1 : undefined;
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b);
  if ((a instanceof Duration && b instanceof Duration) || (a instanceof Timestamp && b instanceof Timestamp))
    return a.value < b.value ? -1 : Number(a.value > b.value);
  return undefined;
}
