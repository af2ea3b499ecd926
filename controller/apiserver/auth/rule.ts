import type { Kind } from '../../../api/kinds.ts';
import type { User } from '../users.ts';
import type { Facts } from './facts.ts';

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection';

/** What someone wants to do to objects. */
export interface Attributes {
  user: User;
  verb: Verb;
  kind: Kind;
  namespace: string | undefined;
  name: string | undefined;
  subresource: string | undefined;
  fieldSelector: string | undefined;
}

/** One line of the table: whom it lets do what. The first line that takes a request allows it; without one it is refused. */
export interface Rule {
  group: string;
  verbs: readonly Verb[] | '*';
  /** Plurals, with their subresource where one is meant: `pods`, `pods/status`; `*` is all, subresources too. */
  resources: readonly string[] | '*';
  /** Resources that the line does not take. */
  except?: readonly string[];
  namespace?: string;
  /** A further condition on the very objects. Says why not, or nothing. */
  unless?: (attributes: Attributes, facts: Facts) => string | undefined;
}
