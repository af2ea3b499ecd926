import { parseManifests } from '../api/manifests.ts';
import type { KubeObject } from '../client/client.ts';
import { CliError, exitCodes } from './errors.ts';
import { readInput } from './files.ts';

/** Errors of one run that are shown; the rest is counted. */
const errorsShownMax = 20;

/**
 * Every object of the input, in its order. All of it is checked before anything is done with any of it.
 *
 * @throws CliError with file, line, field and reason of each mistake
 */
export function loadManifests(paths: string[], defaultNamespace: string): KubeObject[] {
  const parsed = readInput(paths).map(({ name, text }) => parseManifests(text, name));
  const errors = parsed.flatMap(({ errors }) => errors);
  if (errors.length > 0) {
    const lines = errors
      .slice(0, errorsShownMax)
      .map(({ file, line, field, reason }) => `  ${file}:${line}: ${field ? `${field}: ` : ''}${reason}`);
    if (errors.length > errorsShownMax) lines.push(`  … and ${errors.length - errorsShownMax} more`);
    throw new CliError(
      'KITH_BAD_MANIFEST',
      `nothing was applied, because the input is not valid:\n${lines.join('\n')}`,
      {
        next: 'mend these lines; kith apply checks the whole input before it writes anything',
        exit: exitCodes.wrongInput,
      },
    );
  }
  return parsed.flatMap(({ documents }) =>
    documents.map(({ object, kind }) => {
      const copy = structuredClone(object) as KubeObject;
      if (kind.namespaced)
        copy.metadata = { ...copy.metadata, namespace: copy.metadata?.namespace ?? defaultNamespace };
      return copy;
    }),
  );
}
