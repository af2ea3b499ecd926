/* oxlint-disable kith/no-ambient-time -- This runs in the sandbox's own process, which no virtual clock reaches; all its timers are here. */

/** Runs when the event loop has gone round once, in microseconds where a timer would take a millisecond. */
export const afterThisTurn = (action: () => void): void => void setImmediate(action);

export const nextTurn = (): Promise<void> => new Promise(afterThisTurn);

/** Calls `action` after `delayMs`, unless it is cancelled by the function returned. Keeps no process alive. */
export function after(delayMs: number, action: () => void): () => void {
  const handle = setTimeout(action, delayMs);
  handle.unref();
  return () => clearTimeout(handle);
}
