/**
 * A merged list in the order that the patch asks for. What the patch knows nothing of keeps its place among the others as
 * it was on the server.
 */
export function orderLike<T>(
  list: readonly T[],
  order: readonly T[],
  before: readonly T[],
  identity: (item: T) => string,
): T[] {
  const wanted = new Map(order.map((item, index) => [identity(item), index]));
  const former = new Map(before.map((item, index) => [identity(item), index]));
  const placeIn = (places: Map<string, number>) => (a: T, b: T) =>
    (places.get(identity(a)) ?? places.size) - (places.get(identity(b)) ?? places.size);
  const ours = list.filter((item) => wanted.has(identity(item))).toSorted(placeIn(wanted));
  const theirs = list.filter((item) => !wanted.has(identity(item))).toSorted(placeIn(former));

  const result: T[] = [];
  while (ours.length > 0 && theirs.length > 0) {
    const [us, them] = [former.get(identity(ours[0]!)), former.get(identity(theirs[0]!))];
    const theirsFirst = us !== undefined && them !== undefined && them < us;
    result.push((theirsFirst ? theirs : ours).shift()!);
  }
  return [...result, ...ours, ...theirs];
}
