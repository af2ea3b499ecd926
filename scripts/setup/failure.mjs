/** Ends this process with what was wrong and what to do next. What must be undone is undone in `exit` listeners. */
export function fail(text) {
  console.error(`kith: ${text}`);
  process.exit(1);
}
