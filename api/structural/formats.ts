import { isIP, isIPv4, isIPv6 } from 'node:net';
import { patternOf } from './pattern.ts';

type Format = (text: string) => boolean;

const fits =
  (pattern: RegExp): Format =>
  (text) =>
    pattern.test(text);

/** Parts of a hostname: letters of any script, and what Go's `\p{S}` takes (emoji too). */
const hostname = String.raw`^([a-zA-Z0-9\p{S}\p{L}]((-?[a-zA-Z0-9\p{S}\p{L}]{0,62})?)|([a-zA-Z0-9\p{S}\p{L}](([a-zA-Z0-9-\p{S}\p{L}]{0,61}[a-zA-Z0-9\p{S}\p{L}])?)(\.)){1,}([a-zA-Z\p{L}]){2,63})$`;

const durationUnits = 'ns|us|µs|μs|ms|s|m|h';
const goDuration = new RegExp(`^[+-]?(0|((\\d+(\\.\\d*)?|\\.\\d+)(${durationUnits}))+)$`);
/** What Scala writes: `22 ns`, `3 days`. */
const scalaDuration = /\d+\s*(ns|nano|us|µs|micro|ms|milli|s|sec|m|min|h|hour|hr|d|day|w|week|wk)/i;

/**
 * The formats that Kubernetes checks in custom resources, by their names without dashes; others are not looked at.
 *
 * Source: k8s.io/apiextensions-apiserver/pkg/apiserver/validation/formats.go, k8s.io/kube-openapi/pkg/validation/strfmt
 */
const formats: Readonly<Record<string, Format>> = {
  bsonobjectid: fits(/^[0-9a-f]{24}$/i),
  byte: fits(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/),
  cidr: isCidr,
  creditcard: (text) =>
    /^(?:4[0-9]{12}(?:[0-9]{3})?|5[1-5][0-9]{14}|6(?:011|5[0-9][0-9])[0-9]{12}|3[47][0-9]{13}|3(?:0[0-5]|[68][0-9])[0-9]{11}|(?:2131|1800|35\d{3})\d{11})$/.test(
      text.replace(/\D/g, ''),
    ),
  date: (text) => /^\d{4}-\d{2}-\d{2}$/.test(text) && isDate(`${text}T00:00:00Z`, text),
  datetime: (text) =>
    /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:?\d{2})$/.test(text) &&
    isDate(text.toUpperCase().replace(' ', 'T'), text.slice(0, 10)),
  duration: (text) => goDuration.test(text) || scalaDuration.test(text),
  email: fits(/^(?:[^<>@]*<)?[^\s<>@,;:"()[\]\\]{1,64}@[^\s<>@,;:"()[\]\\]{1,255}>?$/),
  hexcolor: fits(/^#?([0-9a-f]{3}|[0-9a-f]{6})$/i),
  hostname: (text) =>
    text.length <= 255 &&
    patternOf(hostname).fits(text) &&
    text.split('.').every((part) => part.length <= 63),
  ipv4: isIPv4,
  ipv6: isIPv6,
  isbn: (text) => isIsbn10(text) || isIsbn13(text),
  isbn10: isIsbn10,
  isbn13: isIsbn13,
  mac: fits(
    /^([0-9a-f]{2}([:-][0-9a-f]{2}){5}|[0-9a-f]{2}([:-][0-9a-f]{2}){7}|[0-9a-f]{2}([:-][0-9a-f]{2}){19}|[0-9a-f]{4}(\.[0-9a-f]{4}){2}|[0-9a-f]{4}(\.[0-9a-f]{4}){3}|[0-9a-f]{4}(\.[0-9a-f]{4}){9})$/i,
  ),
  password: () => true,
  rgbcolor: fits(
    /^rgb\(\s*(0|[1-9]\d?|1\d\d?|2[0-4]\d|25[0-5])\s*,\s*(0|[1-9]\d?|1\d\d?|2[0-4]\d|25[0-5])\s*,\s*(0|[1-9]\d?|1\d\d?|2[0-4]\d|25[0-5])\s*\)$/,
  ),
  ssn: fits(/^\d{3}[- ]?\d{2}[- ]?\d{4}$/),
  uri: isRequestUri,
  uuid: fits(/^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i),
  uuid3: fits(/^[0-9a-f]{8}-?[0-9a-f]{4}-?3[0-9a-f]{3}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i),
  uuid4: fits(/^[0-9a-f]{8}-?[0-9a-f]{4}-?4[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}$/i),
  uuid5: fits(/^[0-9a-f]{8}-?[0-9a-f]{4}-?5[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}$/i),
};

/** The check of a format; undefined where Kubernetes does not look at it either (`int32`, `my-own`). */
export function formatNamed(name: string | undefined): Format | undefined {
  const plain = (name ?? '').replaceAll('-', '');
  return Object.hasOwn(formats, plain) ? formats[plain] : undefined;
}

function isCidr(text: string): boolean {
  const [address = '', bits = '', ...more] = text.split('/');
  const version = isIP(address);
  return (
    more.length === 0 && version > 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128)
  );
}

/** Whether the day exists: JavaScript makes a 31st of February the 3rd of March. */
function isDate(text: string, day: string): boolean {
  const time = Date.parse(text);
  if (Number.isNaN(time)) return false;
  const noon = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(noon) && new Date(noon).toISOString().startsWith(day);
}

/** As Go's `url.ParseRequestURI`: a path from the root, or a URL with a scheme. */
function isRequestUri(text: string): boolean {
  if (/[\s\p{Cc}]/u.test(text) || /%(?![0-9a-fA-F]{2})/.test(text)) return false;
  if (text.startsWith('/')) return true;
  const match = /^[a-zA-Z][a-zA-Z0-9+.-]*:(.*)$/.exec(text);
  if (!match) return false;
  return !match[1]!.startsWith('//') || URL.canParse(text);
}

const digitsOf = (text: string) => text.replace(/[\s-]/g, '');

function isIsbn10(text: string): boolean {
  const digits = digitsOf(text);
  if (!/^\d{9}[\dX]$/i.test(digits)) return false;
  const sum = [...digits].reduce(
    (total, digit, index) => total + (index + 1) * (/x/i.test(digit) ? 10 : Number(digit)),
    0,
  );
  return sum % 11 === 0;
}

function isIsbn13(text: string): boolean {
  const digits = digitsOf(text);
  if (!/^\d{13}$/.test(digits)) return false;
  const sum = [...digits].reduce(
    (total, digit, index) => total + (index % 2 === 0 ? 1 : 3) * Number(digit),
    0,
  );
  return sum % 10 === 0;
}
