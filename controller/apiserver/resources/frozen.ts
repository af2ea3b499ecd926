/**
 * Freezes an object and all within it. What the store holds is shared by every list, watch and controller: who changes it
 * by mistake is told at once, instead of changing everyone's.
 */
export function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const each of Object.values(value)) frozen(each);
  return Object.freeze(value);
}
