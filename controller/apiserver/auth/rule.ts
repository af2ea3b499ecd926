import type { User } from '../users.ts';
import type { Facts } from './facts.ts';

/** What requests under `/api` and `/apis` do to objects. Rights know others too: `impersonate`, `bind`, `escalate`, `approve`. */
export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection';

/** What someone wants to do to objects. */
export interface Attributes {
  user: User;
  verb: string;
  /** The empty string is the core group. */
  group: string;
  /** The plural: `pods`. */
  resource: string;
  subresource: string | undefined;
  namespace: string | undefined;
  name: string | undefined;
  fieldSelector: string | undefined;
}

/** What someone wants of a path that names no objects: `/version`, `/metrics`. */
export interface PathAttributes {
  user: User;
  /** The method in lower case. */
  verb: string;
  path: string;
}

/** One line of the table: whom it lets do what. The first line that takes a request allows it; the roles may still allow the rest. */
export interface Rule {
  group: string;
  verbs: readonly Verb[] | '*';
  /** Of the kinds that kith brings: plurals, with their subresource where one is meant (`pods`, `pods/status`). `*` is all of every group. */
  resources: readonly string[] | '*';
  /** Resources that the line does not take, with all their subresources, or subresources alone. */
  except?: readonly string[];
  namespace?: string;
  /** A further condition on the very objects. Says why not, or nothing. */
  unless?: (attributes: Attributes, facts: Facts) => string | undefined;
}

/** `pods/log`, or `pods`. */
export function resourceText({
  resource,
  subresource,
}: Pick<Attributes, 'resource' | 'subresource'>): string {
  return subresource ? `${resource}/${subresource}` : resource;
}
