import { isDeepStrictEqual } from 'node:util';

/** Where kith says something else than the original. */
export interface Difference {
  /** `topic/step`. */
  step: string;
  /** `code`, `body.spec.ports[0].nodePort`; items of a list that have names are called by them: `body.items[a].data`. */
  at: string;
  original: unknown;
  kith: unknown;
}

/** Every leaf in which the two differ. */
export function differencesOf(step: string, original: unknown, kith: unknown): Difference[] {
  const found: Difference[] = [];
  compare(original, kith, '', (at, theirs, ours) => found.push({ step, at, original: theirs, kith: ours }));
  return found;
}

type Report = (at: string, original: unknown, kith: unknown) => void;

function compare(original: unknown, kith: unknown, at: string, report: Report): void {
  if (isDeepStrictEqual(original, kith)) return;
  if (Array.isArray(original) && Array.isArray(kith)) return compareLists(original, kith, at, report);
  if (isObject(original) && isObject(kith)) {
    for (const key of new Set([...Object.keys(original), ...Object.keys(kith)]))
      compare(original[key], kith[key], at ? `${at}.${key}` : key, report);
    return;
  }
  report(at, original, kith);
}

function compareLists(original: unknown[], kith: unknown[], at: string, report: Report): void {
  const [theirs, ours] = [namesOf(original), namesOf(kith)];
  if (!theirs || !ours) {
    for (let index = 0; index < Math.max(original.length, kith.length); index++)
      compare(original[index], kith[index], `${at}[${index}]`, report);
    return;
  }
  for (const name of new Set([...theirs, ...ours]))
    compare(original[theirs.indexOf(name)], kith[ours.indexOf(name)], `${at}[${name}]`, report);
  const [orderOfTheirs, orderOfOurs] = [
    theirs.filter((name) => ours.includes(name)),
    ours.filter((name) => theirs.includes(name)),
  ];
  if (!isDeepStrictEqual(orderOfTheirs, orderOfOurs)) report(`${at}[order]`, orderOfTheirs, orderOfOurs);
}

/** What the items are called, where each has a name of its own: then one that is missing does not shift all that follow. */
function namesOf(items: unknown[]): string[] | undefined {
  const names = items.map((item) => {
    if (!isObject(item)) return undefined;
    const meta = isObject(item['metadata']) ? item['metadata'] : {};
    return [
      item['name'],
      meta['name'],
      item['resource'],
      item['subresource'],
      item['groupVersion'],
      item['version'],
    ].find((each) => typeof each === 'string');
  });
  const isNamed = names.every((name) => name !== undefined) && new Set(names).size === names.length;
  return isNamed ? (names as string[]) : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
