/** Indexes of a Job as text, `1,3-5,7`: each range after the one before, none as large as there are completions. */

type Range = readonly [first: number, last: number];
interface Wrong {
  problem: string;
}

/** How many there are, or what is wrong with the text, in Kubernetes' words. */
export function countIndexes(text: string, completions: number): number | Wrong {
  if (text === '') return 0;
  let total = 0;
  let before = -1;
  for (const part of text.split(',')) {
    const range = rangeOf(part, completions);
    if (isWrong(range)) return range;
    if (before >= range[0])
      return { problem: `non-increasing order, previous: ${before}, current: ${range[0]}` };
    total += range[1] - range[0] + 1;
    before = range[1];
  }
  return total;
}

/** The first index that is in both; undefined where none is. What cannot be read is passed over: others say so. */
export function firstOverlap(a: string, b: string, completions: number): number | undefined {
  const [left, right] = [rangesOf(a, completions), rangesOf(b, completions)];
  for (let [i, j] = [0, 0]; i < left.length && j < right.length;) {
    const [x, y] = [left[i]!, right[j]!];
    if (x[0] <= y[1] && y[0] <= x[1]) return Math.max(x[0], y[0]);
    if (x[0] <= y[0]) i++;
    else j++;
  }
  return undefined;
}

function rangesOf(text: string, completions: number): Range[] {
  if (text === '') return [];
  return text.split(',').flatMap((part) => {
    const range = rangeOf(part, completions);
    return isWrong(range) ? [] : [range];
  });
}

function rangeOf(text: string, completions: number): Range | Wrong {
  const ends = text.split('-');
  if (ends.length > 2)
    return {
      problem: `the fragment ${JSON.stringify(text)} violates the requirement that an index interval can have at most two parts separated by '-'`,
    };
  const numbers: number[] = [];
  for (const end of ends) {
    if (!/^\+?\d+$/.test(end))
      return { problem: `cannot convert string to integer for index: ${JSON.stringify(end)}` };
    if (Number(end) >= completions) return { problem: `too large index: ${JSON.stringify(end)}` };
    numbers.push(Number(end));
  }
  const [first, last = first] = numbers as [number, number?];
  if (ends.length === 2 && first >= last)
    return { problem: `non-increasing order, previous: ${first}, current: ${last}` };
  return [first, last];
}

function isWrong(value: Range | Wrong): value is Wrong {
  return !Array.isArray(value);
}
