import type { MemberCertificate } from '../../swarm/certificate.ts';

/** Who asks. What they may do follows from name and groups alone (`auth/`). */
export interface User {
  name: string;
  groups: string[];
  /** Of a service account, which one of all that have ever had its name. */
  uid?: string;
  /** What else is known of the caller, such as the pod that a token was given to. */
  extra?: Record<string, string[]>;
  /** The member's certificate, for callers on a Noise link: what a node may say of itself is held against it. */
  certificate?: MemberCertificate;
}

export const groups = {
  masters: 'system:masters',
  nodes: 'system:nodes',
  gateways: 'kith:gateways',
  people: 'kith:people',
  controllers: 'kith:controllers',
  authenticated: 'system:authenticated',
  unauthenticated: 'system:unauthenticated',
  accounts: 'system:serviceaccounts',
} as const;

/** Who says nothing of who they are. */
export const anonymousUser: User = { name: 'system:anonymous', groups: [groups.unauthenticated] };

/** The bearer of the admin token on the loopback listener. */
export const adminUser: User = { name: 'kith-admin', groups: [groups.masters, groups.authenticated] };

/** The controllers that run inside the controller. */
export const controllerUser: User = {
  name: 'system:kith-controller',
  groups: [groups.masters, groups.authenticated],
};

/** The user name of a certificate's holder (docs/architecture.md, "Identities and the wire"). */
export function userOfCertificate(
  certificate: MemberCertificate,
  options: { founderKey?: string } = {},
): User {
  const { role, name, key } = certificate;
  const user = (userName: string, ...own: string[]): User => ({
    name: userName,
    groups: [...own, groups.authenticated],
    certificate,
  });
  switch (role) {
    case 'node':
      return user(`system:node:${name}`, groups.nodes);
    case 'gateway':
      return user(`kith:gateway:${name}`, groups.gateways);
    case 'controller':
      return user(`kith:controller:${name}`, groups.controllers);
    case 'person':
      return key === options.founderKey
        ? user(name, groups.people, groups.masters)
        : user(name, groups.people);
  }
}

/** A request with it, on a machine's link, is made for the machine's owner and not for the machine. */
export const ownerHeader = 'kith-as-owner';

/**
 * The person who owns a machine, for what that machine forwards. Whom nobody has vouched for is a guest: another may have the name
 * that a stranger gives.
 */
export function ownerOf(certificate: MemberCertificate, isVouchedFor: boolean): User {
  const { name, owner } = certificate;
  return isVouchedFor
    ? { name: owner, groups: [groups.people, groups.authenticated], certificate }
    : { name: `kith:guest:${name}`, groups: [groups.authenticated], certificate };
}

/** Who may do everything. */
export function isMaster(user: User | undefined): boolean {
  return user?.groups.includes(groups.masters) ?? false;
}

/** The node's name, where the user is a node. */
export function nodeNameOf(user: User): string | undefined {
  const prefix = 'system:node:';
  return user.groups.includes(groups.nodes) && user.name.startsWith(prefix)
    ? user.name.slice(prefix.length)
    : undefined;
}
