/**
 * `npm run record:oracle` ends with this: writes what the OpenAPI documents of kube-apiserver say to
 * `test/oracle/openapi/recording.json`, to which `test/oracle/openapi/openapi.test.ts` holds kith's.
 */
import { writeFileSync } from 'node:fs';
import { digestOf } from '../../test/oracle/openapi/digest.ts';
import { described, documentPath } from '../../controller/apiserver/openapi/document.ts';
import { kinds } from '../../api/kinds.ts';
import type { Original } from '../oracle/original.ts';

export async function recordOpenApi(original: Original): Promise<void> {
  const ours = new Set(described({ all: () => kinds }).map(documentPath));
  const isOurs = (path: string) => ours.has(path) || path.startsWith('apis/things.example.com/');
  const digest = await digestOf(original, isOurs);
  const file = new URL('../../test/oracle/openapi/recording.json', import.meta.url);
  writeFileSync(file, `${JSON.stringify(digest, null, 0).replaceAll('},"', '},\n"')}\n`);
  console.log(`openapi: ${Object.keys(digest.components).length} components`);
}
