import { isForbidden } from '../../../api/errors.ts';
import { anonymousUser, groups, type User } from '../users.ts';
import { accountOf, groupsOfAccount } from './account-tokens.ts';
import type { Authorizer } from './authorizer.ts';

type Headers = Record<string, string | undefined>;

const extraPrefix = 'impersonate-extra-';

/** A caller asked to be others' groups without being anybody: Kubernetes answers 500, in these words. */
export class ImpersonationError extends Error {}

/**
 * The user as whom a request is to be done: the caller, or whom its `Impersonate-*` headers name, each of which the caller must
 * have the right to impersonate. Source: k8s.io/apiserver/pkg/endpoints/filters/impersonation.go
 *
 * @throws ApiError (forbidden), ImpersonationError
 */
export function impersonated(caller: User, headers: Headers, authorizer: Authorizer): User {
  const name = headers['impersonate-user'];
  const named = listed(headers['impersonate-group']);
  const uid = headers['impersonate-uid'];
  const extras = extrasOf(headers);
  if (!name) {
    const asked = [
      ...named.map((group) => `{Group  ${group}    }`),
      ...extras.map(([key, value]) => `{UserExtra  ${value}  authentication.k8s.io/v1  ${key}}`),
      ...(uid ? [`{UID  ${uid}  authentication.k8s.io/v1  }`] : []),
    ];
    if (asked.length === 0) return caller;
    throw new ImpersonationError(`requested [${asked.join(' ')}] without impersonating a user`);
  }

  const requireRight = (resource: string, value: string, namespace?: string) =>
    authorizer.require({
      user: caller,
      verb: 'impersonate',
      group: '',
      resource,
      subresource: undefined,
      namespace,
      name: value,
      fieldSelector: undefined,
    });
  const account = accountOf(name);
  if (account) requireRight('serviceaccounts', account.name, account.namespace);
  else requireRight('users', name);
  for (const group of named) requireRight('groups', group);
  const requireOther = (resource: string, subresource: string | undefined, value: string) =>
    authorizer.require({
      user: caller,
      verb: 'impersonate',
      group: 'authentication.k8s.io',
      resource,
      subresource,
      namespace: undefined,
      name: value,
      fieldSelector: undefined,
    });
  for (const [key, value] of extras) requireOther('userextras', key, value);
  if (uid) requireOther('uids', undefined, uid);

  const extra: Record<string, string[]> = Object.create(null) as Record<string, string[]>;
  for (const [key, value] of extras) extra[key] = [...(extra[key] ?? []), value];
  const own = named.length > 0 ? named : account ? groupsOfAccount(account.namespace) : [];
  return {
    name,
    groups: withKnown(name, own),
    ...(uid && { uid }),
    ...(extras.length > 0 && { extra }),
  };
}

/** Whether who was let be another, for an answer that streams on, may so still. */
export function mayStillImpersonate(caller: User, headers: Headers, authorizer: Authorizer): boolean {
  try {
    impersonated(caller, headers, authorizer);
    return true;
  } catch (error) {
    if (isForbidden(error)) return false;
    throw error;
  }
}

/** Whoever is somebody is authenticated, unless the caller says that they are not. */
function withKnown(name: string, own: string[]): string[] {
  if (name === anonymousUser.name)
    return own.includes(groups.unauthenticated) ? own : [...own, groups.unauthenticated];
  const isSaid = own.includes(groups.authenticated) || own.includes(groups.unauthenticated);
  return isSaid ? own : [...own, groups.authenticated];
}

function extrasOf(headers: Headers): [string, string][] {
  return Object.entries(headers)
    .filter(([header]) => header.startsWith(extraPrefix))
    .flatMap(([header, value]) =>
      listed(value).map((each): [string, string] => [unescaped(header.slice(extraPrefix.length)), each]),
    );
}

/** A header that was sent several times; each value needs a right of its own, so that how it is split gives nobody more. */
function listed(value: string | undefined): string[] {
  return value ? value.split(', ') : [];
}

function unescaped(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}
