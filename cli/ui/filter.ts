/** What `/` keeps: a regular expression, or with `!` in front what does not match. Plain text where it is no valid expression. */
export function filterOf(text: string): (line: string) => boolean {
  const inverse = text.startsWith('!');
  const wanted = inverse ? text.slice(1) : text;
  if (!wanted) return () => true;
  let expression: RegExp;
  try {
    expression = new RegExp(wanted, 'i');
  } catch {
    // Half-typed, such as "hello(": taken by the letter until it is whole.
    expression = new RegExp(wanted.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'i');
  }
  return (line) => expression.test(line) !== inverse;
}
