import { overload } from './overloads.ts';
import type { Overload } from './overloads.ts';
import type { Def } from './functions/definition.ts';
import { arithmetic } from './functions/arithmetic.ts';
import { comparisons } from './functions/comparisons.ts';
import { sizes, conversions } from './functions/conversions.ts';
import { texts } from './functions/texts.ts';
import { lists } from './functions/lists.ts';
import { times } from './functions/times.ts';
import { urls } from './functions/urls.ts';
import { addresses } from './functions/addresses.ts';
import { quantities } from './functions/quantities.ts';
import { optionals, formats } from './functions/optionals.ts';

/** Functions that stand behind a name which is no value: `sets.contains(a, b)`, where `url.getHost()` is of a URL. */
const ofNamespace = /^(?:(?:sets|optional|strings)\.|ip\.isCanonical|format\.named)/;

/** Every function that a rule may call, by its name; those of a namespace (`sets.contains`) by both. */
export const functions: ReadonlyMap<string, readonly Overload[]> = tableOf([
  ...arithmetic,
  ...comparisons,
  ...sizes,
  ...conversions,
  ...texts,
  ...lists,
  ...times,
  ...urls,
  ...addresses,
  ...quantities,
  ...optionals,
  ...formats,
]);

function tableOf(defs: readonly Def[]): Map<string, Overload[]> {
  const table = new Map<string, Overload[]>();
  for (const [signature, run] of defs) {
    const space = ofNamespace.test(signature) ? `${signature.split('.')[0]}.` : '';
    const { name, overload: one } = overload(signature.slice(space.length), run);
    table.set(`${space}${name}`, [...(table.get(`${space}${name}`) ?? []), one]);
  }
  return table;
}
