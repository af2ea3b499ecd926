import { invalidValue, required, tooLong } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { at } from '../field-path.ts';
import type { Secret } from '../types.ts';
import { dataBytesMax, validateImmutable } from './config-map.ts';
import { configKey } from './names.ts';
import { immutable, named } from './rules.ts';

/** What Secrets of these types must hold, for those that read them. */
const keysOfType: Record<string, readonly string[]> = {
  'kubernetes.io/basic-auth': ['username', 'password'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/dockercfg': ['.dockercfg'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
};

/** Their one key holds JSON. */
const jsonTypes = ['kubernetes.io/dockerconfigjson', 'kubernetes.io/dockercfg'];
const tokenType = 'kubernetes.io/service-account-token';
const accountName = 'kubernetes.io/service-account.name';

export function validateSecret(secret: Secret, old?: Secret): FieldError[] {
  const { data = {}, type = 'Opaque' } = secret;
  const bytes = Object.values(data).reduce((sum, text) => sum + Buffer.byteLength(text, 'base64'), 0);
  return [
    ...Object.keys(data).flatMap((key) => named(at('data', key), key, configKey)),
    ...(bytes > dataBytesMax ? [tooLong('data', dataBytesMax)] : []),
    ...missingKeys(type, data),
    ...notJson(type, data),
    ...(type === tokenType && !secret.metadata?.annotations?.[accountName]
      ? [required(at('metadata.annotations', accountName))]
      : []),
    ...(old ? immutable('type', type, old.type ?? 'Opaque') : []),
    ...(old ? validateImmutable(secret, old, ['data']) : []),
  ];
}

function missingKeys(type: string, data: Record<string, string>): FieldError[] {
  const missing = (keysOfType[type] ?? []).filter((key) => !Object.hasOwn(data, key));
  // A name without a password will do, and the other way round.
  if (type === 'kubernetes.io/basic-auth' && missing.length < 2) return [];
  return missing.map((key) => required(at('data', key)));
}

function notJson(type: string, data: Record<string, string>): FieldError[] {
  const [key] = jsonTypes.includes(type) ? keysOfType[type]! : [];
  if (key === undefined || !Object.hasOwn(data, key)) return [];
  const text = Buffer.from(data[key]!, 'base64').toString();
  try {
    JSON.parse(text);
    return [];
  } catch {
    const first = [...text.trimStart()][0];
    const why = first
      ? `invalid character '${first}' looking for beginning of value`
      : 'unexpected end of JSON input';
    return [invalidValue(at('data', key), '<secret contents redacted>', why)];
  }
}
