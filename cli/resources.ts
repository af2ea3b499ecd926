import { kindsCalled, kinds, type Kind } from '../api/kinds.ts';
import { CliError, exitCodes } from './errors.ts';
import { nearest } from './nearest.ts';

/** What a user named: `pod/hello-1`, `pods hello-1`, `deploy,svc`. */
export interface Named {
  kind: Kind;
  names: string[];
}

/** The kind behind a word of the command line, singular, plural or short. */
export function kindOfWord(word: string, custom: readonly Kind[] = []): Kind {
  const [kind] = [...kindsCalled(word), ...kindsCalled(word, custom)];
  if (kind) return kind;
  const meant = nearest(
    word.toLowerCase(),
    kinds.map(({ plural }) => plural),
  );
  throw new CliError('KITH_UNKNOWN_KIND', `the cluster has no resource type "${word}"`, {
    next: meant ?? `one of ${kinds.map(({ plural }) => plural).join(', ')}`,
    exit: exitCodes.wrongInput,
  });
}

/** Reads `TYPE[,TYPE] [NAME…]` and `TYPE/NAME …` as kubectl does. A type that is named twice is one. */
export function namedResources(words: string[], custom: readonly Kind[] = []): Named[] {
  const [first = '', ...rest] = words;
  if (words.some((word) => word.includes('/'))) return slashed(words, custom);
  const types =
    first === 'all'
      ? kinds.filter(({ categories }) => categories.includes('all'))
      : [
          ...new Set(
            first
              .split(',')
              .filter(Boolean)
              .map((word) => kindOfWord(word, custom)),
          ),
        ];
  if (types.length === 0) throw refused('no resource type is named', 'pods, or deploy,svc');
  if (types.length > 1 && rest.length > 0)
    throw refused('names can follow one type only', 'TYPE/NAME for each');
  return types.map((kind) => ({ kind, names: [...new Set(rest)] }));
}

function slashed(words: string[], custom: readonly Kind[]): Named[] {
  const named: Named[] = [];
  for (const word of words) {
    const [type, name, ...more] = word.split('/');
    if (!type || !name || more.length > 0)
      throw refused(`"${word}" is not of the form TYPE/NAME`, 'pod/hello-abc, or: pods hello-abc');
    const kind = kindOfWord(type, custom);
    const same = named.find((each) => each.kind === kind);
    if (!same) named.push({ kind, names: [name] });
    else if (!same.names.includes(name)) same.names.push(name);
  }
  return named;
}

const refused = (message: string, next: string) =>
  new CliError('KITH_BAD_ARGUMENT', message, { next, exit: exitCodes.wrongInput });
