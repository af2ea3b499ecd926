/** No object of ours is a quarter as deep; what is deeper would only be meant to exhaust the stack of whoever walks through it. */
export const depthMax = 64;

/**
 * Whether lists and objects stand in each other more than `levels` deep; a text or a number has none. Level by level, without a
 * call for each, and each object once a level: YAML's aliases make an object part of itself.
 */
export function isDeeperThan(value: unknown, levels: number): boolean {
  let level = new Set(isCompound(value) ? [value] : []);
  for (let depth = 0; level.size > 0; depth++) {
    if (depth === levels) return true;
    const next = new Set<object>();
    for (const each of level)
      for (const part of Array.isArray(each) ? (each as unknown[]) : Object.values(each))
        if (isCompound(part)) next.add(part);
    level = next;
  }
  return false;
}

function isCompound(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
