import { dns1035Label, dnsLabel, dnsSubdomain, labelValue, qualifiedName } from '../validation/names.ts';
import type { NameRule } from '../validation/names.ts';
import { formatNamed } from '../structural/formats.ts';
import { Format } from './values.ts';

const byRule = (rule: NameRule) => (text: string) => {
  const problem = rule(text);
  return problem ? [problem] : [];
};
const byPrefix = (rule: NameRule) => byRule((text) => rule(text.replace(/-$/, 'a')));
const byFormat = (name: string, problem: string) => (text: string) =>
  formatNamed(name)!(text) ? [] : [problem];

/** What `format.dns1123Label()` and the others check. */
const formats: Readonly<Record<string, (text: string) => string[]>> = {
  dns1123Label: byRule(dnsLabel),
  dns1123Subdomain: byRule(dnsSubdomain),
  dns1035Label: byRule(dns1035Label),
  qualifiedName: byRule(qualifiedName),
  dns1123LabelPrefix: byPrefix(dnsLabel),
  dns1123SubdomainPrefix: byPrefix(dnsSubdomain),
  dns1035LabelPrefix: byPrefix(dns1035Label),
  labelValue: byRule(labelValue),
  uri: byFormat('uri', 'invalid URI'),
  uuid: byFormat('uuid', 'does not match the UUID format'),
  byte: byFormat('byte', 'invalid base64'),
  date: byFormat('date', 'invalid date'),
  datetime: byFormat('datetime', 'invalid datetime'),
};

export function namedFormat(name: string): Format | undefined {
  return Object.hasOwn(formats, name) ? new Format(name, formats[name]!) : undefined;
}
