import { secretBytes } from './secret.ts';

/** Chance as an argument. Not for secrets: those come from `secret.ts`. */
export interface Random {
  /** A number in [0, 1). */
  next(): number;
}

/** Numbers that are drawn from the system at once: each asking costs some microseconds, and a uid takes 33. */
const drawnAtOnce = 512;
const bytesEach = 6;
let drawn = secretBytes(0);
let at = 0;

export const systemRandom: Random = {
  next() {
    if (at === drawn.length) {
      drawn = secretBytes(drawnAtOnce * bytesEach);
      at = 0;
    }
    const number = drawn.readUIntBE(at, bytesEach) / 2 ** 48;
    at += bytesEach;
    return number;
  },
};

/** The same seed gives the same numbers (mulberry32, public domain, Tommy Ettinger). */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return {
    next() {
      state = (state + 0x6d2b79f5) >>> 0;
      let t = state;
      t = Math.imul(t ^ (t >>> 15), t | 1);
      t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
      return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
    },
  };
}

/** A whole number in [0, below). */
export function randomInteger(random: Random, below: number): number {
  return Math.floor(random.next() * below);
}

/** `base` spread evenly over ± `share`, so that many waiters do not come back in the same instant. */
export function jittered(random: Random, base: number, share = 0.5): number {
  return base * (1 - share + 2 * share * random.next());
}

/** The letters Kubernetes uses for generated names: no vowels, hence no words, and nothing that looks alike. */
const nameLetters = 'bcdfghjklmnpqrstvwxz2456789';

/** A suffix such as `x7k2p` for a generated name. */
export function nameSuffix(random: Random, length = 5): string {
  return Array.from({ length }, () => nameLetters[randomInteger(random, nameLetters.length)]).join('');
}

/** A version 4 UUID, for what is named once and for all: an object, a run. Unique, not secret: nobody may do more for knowing it. */
export function randomUid(random: Random): string {
  const hex = (digits: number) =>
    randomInteger(random, 16 ** digits)
      .toString(16)
      .padStart(digits, '0');
  const variant = '89ab'[randomInteger(random, 4)]!;
  return `${hex(8)}-${hex(4)}-4${hex(3)}-${variant}${hex(3)}-${hex(6)}${hex(6)}`;
}
