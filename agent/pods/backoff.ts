/** Kubernetes' delays between restarts of a container that keeps ending: 0, 10 s, 20 s, … 5 min. */
export const crashBackoffMs = { first: 10_000, max: 300_000 } as const;
/** A container that lived this long since its last start has proved itself: the next restart is immediate again. */
export const crashBackoffResetMs = 600_000;

/**
 * Delays after a failed pull. They start lower than Kubernetes' 10 s, because here an image comes from peers that may be
 * back in a second; they end at Kubernetes' 5 min.
 */
export const pullBackoffMs = { first: 2_000, max: 300_000 } as const;

/** Delays while a ConfigMap, a Secret or an address is missing: short, since a person often creates it a moment later. */
export const configBackoffMs = { first: 1_000, max: 15_000 } as const;

/** Delays after a sandbox could not be made. */
export const sandboxBackoffMs = { first: 2_000, max: 60_000 } as const;

/** The delay after the `failures`-th failure in a row (1 for the first). */
export function backoffMs(delays: { first: number; max: number }, failures: number): number {
  return Math.min(delays.max, delays.first * 2 ** Math.max(0, failures - 1));
}
