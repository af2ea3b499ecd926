/** Names as IANA has them: no digits but in old ones, no part longer than 14. */
const partPattern = /^[A-Za-z.\-_0-9+]{1,14}$/;

/** Whether this machine knows a time zone of this very name: `Europe/Berlin`, `UTC`. */
export function isTimeZone(name: string): boolean {
  const parts = name.split('/');
  if (parts.some((part) => part === '.' || part === '..' || part.startsWith('-') || !partPattern.test(part)))
    return false;
  // The runtime also takes offsets, and names in any case; Kubernetes does neither.
  if (/^[+\d]/.test(name)) return false;
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions();
    return timeZone === name || timeZone.toLowerCase() !== name.toLowerCase();
  } catch {
    return false;
  }
}
