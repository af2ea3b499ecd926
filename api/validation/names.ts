/**
 * The shapes that Kubernetes allows for names, each as a function that returns what is wrong (in Kubernetes' words), or
 * undefined. Source: k8s.io/apimachinery/pkg/util/validation.
 */
export type NameRule = (value: string) => string | undefined;

/** `part` says which part of a name it is that the message is about. */
function rule(
  pattern: string,
  bytesMax: number,
  message: string,
  examples: readonly string[],
  part = '',
): NameRule {
  const whole = new RegExp(`^${pattern}$`);
  return (value) => {
    if (Buffer.byteLength(value) > bytesMax) return `${part}must be no more than ${bytesMax} characters`;
    if (whole.test(value)) return undefined;
    return `${part}${message} (e.g. ${examples.map((each) => `'${each}', `).join(' or ')}regex used for validation is '${pattern}')`;
  };
}

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';

const plainLabel = rule(
  label,
  63,
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
  ['my-name', '123-abc'],
);

/** Of a name that would do if only it had no dots, that is said. */
export const dnsLabel: NameRule = (value) => {
  const problem = plainLabel(value);
  return problem && value.includes('.') && !dnsSubdomain(value) && Buffer.byteLength(value) <= 63
    ? 'must not contain dots'
    : problem;
};

export const dnsSubdomain = rule(
  `${label}(\\.${label})*`,
  253,
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
  ['example.com'],
);

export const wildcardDns = rule(
  `\\*\\.${label}(\\.${label})*`,
  253,
  "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character",
  ['*.example.com'],
);

/** Names of roles and their bindings: whatever can stand between two slashes of a path. */
export const pathName: NameRule = (value) => {
  if (value === '.' || value === '..') return `may not be '${value}'`;
  const wrong = ['/', '%'].find((each) => value.includes(each));
  return wrong === undefined ? undefined : `may not contain '${wrong}'`;
};

/** Stricter than `dnsLabel`: begins with a letter. Services, because their names become variables. */
export const dns1035Label = rule(
  '[a-z]([-a-z0-9]*[a-z0-9])?',
  63,
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
  ['my-name', 'abc-123'],
);

export const labelValue = rule(
  '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?',
  63,
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  ['MyValue', 'my_value', '12345'],
);

const namePart = rule(
  '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]',
  63,
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  ['MyName', 'my.name', '123-abc'],
  'name part ',
);

/** Keys of labels and annotations, resources, finalizers: `app`, `example.com/app`. */
export const qualifiedName: NameRule = (value) => {
  const parts = value.split('/');
  if (parts.length > 2)
    return (
      `a qualified name ${namePart('')!.replace('name part ', '')} ` +
      "with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
    );
  const [prefix, name] = parts.length === 2 ? parts : [undefined, parts[0]];
  if (prefix === '') return 'prefix part must be non-empty';
  const wrongPrefix = prefix === undefined ? undefined : dnsSubdomain(prefix);
  if (wrongPrefix) return `prefix part ${wrongPrefix}`;
  return name === '' ? 'name part must be non-empty' : namePart(name!);
};

const dataKey = rule(
  '[-._a-zA-Z0-9]+',
  253,
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
  ['key.name', 'KEY_NAME', 'key-name'],
);

/** Keys of ConfigMaps and Secrets: they become file names. */
export const configKey: NameRule = (value) => {
  if (value === '.' || value === '..') return `must not be '${value}'`;
  return value.startsWith('..') ? "must not start with '..'" : dataKey(value);
};

export const httpHeaderName = rule(
  '[-A-Za-z0-9]+',
  // No limit of its own.
  Number.MAX_SAFE_INTEGER,
  "a valid HTTP header must consist of alphanumeric characters or '-'",
  ['X-Header-Name'],
);

export const environmentName: NameRule = (value) =>
  /^[ -<>-~]+$/.test(value)
    ? undefined
    : "a valid environment variable name must consist only of printable ASCII characters other than '='";

/** Names of container ports: IANA service names. All that is wrong with one; empty where nothing is. */
export function portNameProblems(value: string): string[] {
  return [
    ...(value.length > 15 ? ['must be no more than 15 characters'] : []),
    ...(/^[-a-z0-9]+$/.test(value)
      ? []
      : ['must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)']),
    ...(/[a-z]/.test(value) ? [] : ['must contain at least one letter (a-z)']),
    ...(value.includes('--') ? ['must not contain consecutive hyphens'] : []),
    ...(value.startsWith('-') || value.endsWith('-') ? ['must not begin or end with a hyphen'] : []),
  ];
}

export const portName: NameRule = (value) => portNameProblems(value)[0];

export const isPortNumber = (value: number): boolean =>
  Number.isInteger(value) && value >= 1 && value <= 65535;

export const portRange = 'must be between 1 and 65535, inclusive';
