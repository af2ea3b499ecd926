import { required, tooLong } from '../field-errors.ts';
import type { FieldError } from '../field-errors.ts';
import { at } from '../field-path.ts';
import type { Secret } from '../types.ts';
import { dataBytesMax, validateImmutable } from './config-map.ts';
import { configKey } from './names.ts';
import { immutable, named } from './rules.ts';

/** What Secrets of these types must hold, for those that read them. */
const keysOfType: Record<string, readonly string[]> = {
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/dockercfg': ['.dockercfg'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
};

export function validateSecret(secret: Secret, old?: Secret): FieldError[] {
  const { data = {}, type = 'Opaque' } = secret;
  const bytes = Object.values(data).reduce((sum, text) => sum + Buffer.byteLength(text, 'base64'), 0);
  return [
    ...Object.keys(data).flatMap((key) => named(at('data', key), key, configKey)),
    ...(bytes > dataBytesMax ? [tooLong('data', dataBytesMax)] : []),
    ...(keysOfType[type] ?? [])
      .filter((key) => !Object.hasOwn(data, key))
      .map((key) => required(at('data', key))),
    ...(old ? immutable('type', type, old.type ?? 'Opaque') : []),
    ...(old ? validateImmutable(secret, old, ['data']) : []),
  ];
}
