import { kindsCalled, kinds, type Kind } from '../api/kinds.ts';
import { CliError, exitCodes } from './errors.ts';

/** What a user named: `pod/hello-1`, `pods hello-1`, `deploy,svc`. */
export interface Named {
  kind: Kind;
  names: string[];
}

/** The kind behind a word of the command line, singular, plural or short. */
export function kindOfWord(word: string): Kind {
  const [kind] = kindsCalled(word);
  if (kind) return kind;
  throw new CliError('KITH_UNKNOWN_KIND', `the cluster has no resource type "${word}"`, {
    next: `one of ${kinds.map(({ plural }) => plural).join(', ')}`,
    exit: exitCodes.wrongInput,
  });
}

/** Reads `TYPE[,TYPE] [NAME…]` and `TYPE/NAME …` as kubectl does. */
export function namedResources(words: string[]): Named[] {
  const [first = '', ...rest] = words;
  if (first.includes('/'))
    return words.map((word) => {
      const [type, name, ...more] = word.split('/');
      if (!type || !name || more.length > 0)
        throw new CliError('KITH_BAD_ARGUMENT', `"${word}" is not of the form TYPE/NAME`, {
          next: 'pod/hello-abc, or: pods hello-abc',
          exit: exitCodes.wrongInput,
        });
      return { kind: kindOfWord(type), names: [name] };
    });
  const types =
    first === 'all'
      ? kinds.filter(({ categories }) => categories.includes('all'))
      : first.split(',').map(kindOfWord);
  if (types.length > 1 && rest.length > 0)
    throw new CliError('KITH_BAD_ARGUMENT', 'names can follow one type only', {
      next: 'TYPE/NAME for each',
      exit: exitCodes.wrongInput,
    });
  return types.map((kind) => ({ kind, names: rest }));
}
