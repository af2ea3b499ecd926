/** Resolves with the condition's first truthy value; fails with `what` and the last error after `boundMs`. */
export async function until<T>(
  what: string,
  condition: () => T | undefined | false | Promise<T | undefined | false>,
  boundMs = 10_000,
): Promise<T> {
  const end = performance.now() + boundMs;
  let last: unknown;
  while (performance.now() < end) {
    try {
      const value = await condition();
      if (value) return value;
      last = undefined;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error(`waited ${boundMs} ms for: ${what}${last ? ` (${(last as Error).message})` : ''}`);
}
