import { kindNamed } from '../../../api/kinds.ts';
import type { ObjectMeta, Pod, ServiceAccount } from '../../../api/types.ts';
import type { Clock } from '../../../process/clock.ts';
import { randomUid, type Random } from '../../../process/random.ts';
import type { Reader } from '../resources/reader.ts';
import { groups, type User } from '../users.ts';
import type { AccountKey } from './account-key.ts';
import type { Authenticated, BearerSource } from './authenticator.ts';
import { goList } from './rbac-rules.ts';
import { signToken, TokenReader } from './json-web-token.ts';

/** Who a token says has issued it, and whom it is for where nobody else is named: as any Kubernetes has it. */
export const issuer = 'https://kubernetes.default.svc.cluster.local';

/** A clock that was set back must not make its own tokens "not valid yet". */
const setBackMsMax = 60_000;

interface Reference {
  name?: string;
  uid?: string;
}

interface Claims {
  aud: string[];
  exp: number;
  iat: number;
  iss: string;
  jti: string;
  nbf: number;
  sub: string;
  'kubernetes.io': {
    namespace: string;
    serviceaccount: Reference;
    pod?: Reference;
    secret?: Reference;
    node?: Reference;
  };
}

/** The object whose end is also the token's. */
export interface BoundTo {
  kind: 'Pod' | 'Secret' | 'Node';
  object: { metadata?: ObjectMeta };
}

/**
 * Tokens of service accounts: signed by a key of the cluster, good until they expire or until the account, or what they are
 * bound to, is gone. Source: k8s.io/kubernetes/pkg/serviceaccount/claims.go
 */
export class AccountTokens implements BearerSource {
  readonly #key: AccountKey;
  readonly #reader: Reader;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #tokens: TokenReader;

  constructor(options: { key: AccountKey; reader: Reader; clock: Clock; random: Random }) {
    this.#key = options.key;
    this.#reader = options.reader;
    this.#clock = options.clock;
    this.#random = options.random;
    this.#tokens = new TokenReader(options.key);
  }

  issue(
    account: ServiceAccount,
    {
      audiences,
      expirationSeconds,
      boundTo,
    }: { audiences: string[]; expirationSeconds: number; boundTo?: BoundTo },
  ): string {
    const now = Math.floor(this.#clock.date().getTime() / 1000);
    const { namespace = '', name = '' } = account.metadata ?? {};
    const claims: Claims = {
      aud: audiences,
      exp: now + expirationSeconds,
      iat: now,
      iss: issuer,
      jti: randomUid(this.#random),
      'kubernetes.io': {
        namespace,
        ...(boundTo && this.#boundClaims(boundTo)),
        serviceaccount: referenceTo(account),
      },
      nbf: now,
      sub: `system:serviceaccount:${namespace}:${name}`,
    };
    return signToken(this.#key, claims);
  }

  authenticate(token: string, wanted: readonly string[]): Authenticated | undefined {
    const claims = this.#tokens.claimsOf(token) as Claims | undefined;
    if (!claims || claims.iss !== issuer) return undefined;
    const audiences = claims.aud.filter((each) => wanted.includes(each));
    if (audiences.length === 0)
      throw new Error(
        `token audiences ${goList(claims.aud)} is invalid for the target audiences ${goList(wanted)}`,
      );
    const objection = this.#objection(claims);
    if (objection) throw new Error(objection);
    return {
      user: userOf(claims),
      audiences,
      isStillGood: () => this.#objection(claims) === undefined,
    };
  }

  /** The public key as a JSON Web Key Set, by which others check these tokens. */
  keySet(): object {
    const { kty, crv, x, y } = this.#key.publicKey.export({ format: 'jwk' });
    return { keys: [{ use: 'sig', kty, kid: this.#key.id, crv, alg: 'ES256', x, y }] };
  }

  #boundClaims({ kind, object }: BoundTo): object {
    const reference = referenceTo(object);
    if (kind !== 'Pod') return { [kind.toLowerCase()]: reference };
    const nodeName = (object as Pod).spec?.nodeName;
    if (!nodeName) return { pod: reference };
    const node = this.#reader.find(kindNamed('Node'), undefined, nodeName);
    return { pod: reference, node: node ? referenceTo(node) : { name: nodeName } };
  }

  /** Why the token counts no more, or not yet. */
  #objection(claims: Claims): string | undefined {
    const now = this.#clock.date().getTime();
    if (claims.exp * 1000 <= now) return 'service account token has expired';
    if (claims.nbf * 1000 > now + setBackMsMax) return 'service account token is not valid yet';
    const { namespace, serviceaccount, secret, pod, node } = claims['kubernetes.io'];
    const account = this.#find('ServiceAccount', namespace, serviceaccount.name);
    if (!account) return `serviceaccounts ${JSON.stringify(serviceaccount.name)} not found`;
    if (account.uid !== serviceaccount.uid)
      return `service account UID (${account.uid}) does not match claim (${serviceaccount.uid})`;
    if (isPast(account.deletionTimestamp, now))
      return `service account ${namespace}/${serviceaccount.name} has been deleted`;
    return (
      this.#boundObjection('Secret', namespace, secret, now) ??
      this.#boundObjection('Pod', namespace, pod, now) ??
      // Of a pod's token the node is only told.
      (pod ? undefined : this.#boundObjection('Node', undefined, node, now))
    );
  }

  #boundObjection(
    kind: BoundTo['kind'],
    namespace: string | undefined,
    reference: Reference | undefined,
    now: number,
  ): string | undefined {
    if (!reference) return undefined;
    const found = this.#find(kind, namespace, reference.name);
    if (!found || isPast(found.deletionTimestamp, now)) return 'service account token has been invalidated';
    if (found.uid === reference.uid) return undefined;
    const claim =
      kind === 'Secret'
        ? 'service account secret ref claim'
        : `service account ${kind.toLowerCase()} ref claim`;
    return `${kind === 'Pod' ? 'pod' : kind} UID (${found.uid}) does not match ${claim} (${reference.uid})`;
  }

  #find(kind: string, namespace: string | undefined, name = ''): ObjectMeta | undefined {
    return this.#reader.find(kindNamed(kind), namespace, name)?.metadata;
  }
}

/** The groups that every account of a namespace is in. */
export function groupsOfAccount(namespace: string): string[] {
  return [groups.accounts, `${groups.accounts}:${namespace}`];
}

/** The namespace and name of `system:serviceaccount:<namespace>:<name>`; undefined for other users. */
export function accountOf(userName: string): { namespace: string; name: string } | undefined {
  const match = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(userName);
  return match ? { namespace: match[1]!, name: match[2]! } : undefined;
}

function userOf({ sub, jti, 'kubernetes.io': about }: Claims): User {
  const extra: Record<string, string[]> = {};
  const tell = (key: string, value: string | undefined) => {
    if (value) extra[`authentication.kubernetes.io/${key}`] = [value];
  };
  tell('credential-id', jti && `JTI=${jti}`);
  tell('node-name', about.node?.name);
  tell('node-uid', about.node?.uid);
  tell('pod-name', about.pod?.name);
  tell('pod-uid', about.pod?.uid);
  return {
    name: sub,
    uid: about.serviceaccount.uid ?? '',
    groups: [...groupsOfAccount(about.namespace), groups.authenticated],
    extra,
  };
}

function referenceTo({ metadata }: { metadata?: ObjectMeta }): Reference {
  return { name: metadata?.name ?? '', uid: metadata?.uid ?? '' };
}

function isPast(deletionTimestamp: string | undefined, now: number): boolean {
  return deletionTimestamp !== undefined && Date.parse(deletionTimestamp) <= now;
}
