import { parseManifests, type ManifestDocument, type ManifestError } from '../api/manifests.ts';
import type { KubeObject } from '../client/client.ts';
import type { Kind } from '../api/kinds.ts';
import { CliError, exitCodes } from './errors.ts';
import { readInput } from './files.ts';
import { plainText } from './print/text-width.ts';

/** Errors of one run that are shown; the rest is counted. */
const errorsShownMax = 20;

/** One object of the input, and where the user wrote it. */
export interface Written {
  object: KubeObject & { metadata: { name: string } };
  kind: Kind;
  /** The mistake `reason` in the field `field` of this object, with its place in the file. */
  mistake(field: string | undefined, reason: string): ManifestError;
}

/** Where objects go that name no namespace; `given` if the user said so, and then no object may say otherwise. */
export interface TargetNamespace {
  name: string;
  given: boolean;
}

/**
 * Every object of the input, in its order. All of it is checked before anything is done with any of it.
 *
 * @param doing what was not done where the input is not valid: `applied`, `deleted`
 * @throws CliError with file, line, field and reason of each mistake
 */
export function loadManifests(paths: string[], namespace: TargetNamespace, doing: string): Written[] {
  const parsed = readInput(paths).map(({ name, text }) => parseManifests(text, name));
  const errors = parsed.flatMap((each) => each.errors);
  const written: Written[] = [];
  for (const document of parsed.flatMap(({ documents }) => documents)) {
    const object = structuredClone(document.object) as KubeObject;
    const { name, namespace: own } = object.metadata ?? {};
    const mistake = mistakeIn(document);
    if (!name && !errors.some(({ file, field }) => file === document.file && field === 'metadata.name'))
      errors.push(mistake('metadata.name', `Required value: what is ${doing} is found by its name`));
    if (document.kind.namespaced) {
      if (namespace.given && own && own !== namespace.name)
        errors.push(mistake('metadata.namespace', `it says "${own}", and --namespace "${namespace.name}"`));
      object.metadata = { ...object.metadata, namespace: own ?? namespace.name };
    }
    written.push({ object: object as Written['object'], kind: document.kind, mistake });
  }
  refuseIfAny(errors, doing);
  if (written.length === 0)
    throw new CliError('KITH_NO_INPUT', `there is no object in ${paths.join(', ')}`, {
      next: 'a file with apiVersion, kind and metadata',
      exit: exitCodes.wrongInput,
    });
  return written;
}

/** Tells all mistakes at once; returns where there are none. */
export function refuseIfAny(errors: ManifestError[], doing: string): void {
  if (errors.length === 0) return;
  const lines = errors
    .slice(0, errorsShownMax)
    // One line each: what is quoted must not look like the next, or like advice of kith's.
    .map(({ file, line, field, reason }) =>
      plainText(`  ${file}:${line}: ${field ? `${field}: ` : ''}${reason}`),
    );
  if (errors.length > errorsShownMax) lines.push(`  … and ${errors.length - errorsShownMax} more`);
  throw new CliError(
    'KITH_BAD_MANIFEST',
    `nothing was ${doing}, because the input is not valid:\n${lines.join('\n')}`,
    {
      next: 'mend these lines; the whole input is checked before the first write',
      exit: exitCodes.wrongInput,
    },
  );
}

function mistakeIn({ file, lineOf }: ManifestDocument): Written['mistake'] {
  return (field, reason) => ({ file, line: lineOf(field ?? ''), reason, ...(field ? { field } : {}) });
}
