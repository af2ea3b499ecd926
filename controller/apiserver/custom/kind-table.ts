import { kindAt, kindNamed, kindOf, kinds, type Kind, type KindSet } from '../../../api/kinds.ts';
import { kindsOfDefinition } from '../../../api/structural/custom-kind.ts';
import type { CustomResourceDefinition } from '../../../api/types.ts';
import type { Store } from '../../store/store.ts';
import { collectionKey, objectKey } from '../storage/keys.ts';

/** Worked out once for each state of a definition, which the store keeps as one object. */
const kindsOfState = new WeakMap<object, readonly Kind[]>();

/** The kinds that are served at this moment: those that kith brings, and those of the definitions in the store. */
export class KindTable implements KindSet {
  readonly #store: Pick<Store, 'get' | 'list'>;

  constructor(store: Pick<Store, 'get' | 'list'>) {
    this.#store = store;
  }

  all(): readonly Kind[] {
    const custom = this.definitions().flatMap(kindsIn);
    return custom.length === 0 ? kinds : [...kinds, ...custom];
  }

  at(group: string, version: string, plural: string): Kind | undefined {
    const builtIn = kindAt(group, version, plural);
    if (builtIn || !group.includes('.')) return builtIn;
    const key = objectKey(kindNamed('CustomResourceDefinition'), undefined, `${plural}.${group}`);
    const definition = this.#store.get(key)?.value as CustomResourceDefinition | undefined;
    return definition && kindsIn(definition).find((kind) => kind.version === version);
  }

  of(apiVersion: string | undefined, kind: string | undefined): Kind | undefined {
    const builtIn = kindOf(apiVersion, kind);
    if (builtIn) return builtIn;
    const group = apiVersion?.split('/')[0] ?? '';
    return this.definitions()
      .filter(({ spec }) => spec.group === group)
      .flatMap(kindsIn)
      .find((each) => each.apiVersion === apiVersion && each.kind === kind);
  }

  /** The kind of a definition by its name: `widgets.example.com`, in the version that clients prefer. */
  defined(name: string): Kind | undefined {
    const key = objectKey(kindNamed('CustomResourceDefinition'), undefined, name);
    const definition = this.#store.get(key)?.value as CustomResourceDefinition | undefined;
    return definition && kindsIn(definition)[0];
  }

  definitions(): CustomResourceDefinition[] {
    const { entries } = this.#store.list(collectionKey(kindNamed('CustomResourceDefinition')));
    return entries.map(({ value }) => value as CustomResourceDefinition);
  }
}

/** The kinds of a stored definition. */
export function kindsIn(definition: CustomResourceDefinition): readonly Kind[] {
  let known = kindsOfState.get(definition);
  if (!known) {
    known = kindsOfDefinition(definition);
    kindsOfState.set(definition, known);
  }
  return known;
}
