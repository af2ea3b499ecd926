export type Role = 'controller' | 'node' | 'gateway' | 'person';

/** What a member is, under the cluster's signature. */
export interface MemberCertificate {
  /** The cluster's public key, hex. */
  cluster: string;
  /** The member's public key, hex. */
  key: string;
  role: Role;
  /** A node's, gateway's or person's name: a DNS label. */
  name: string;
  /** Whose machine this is: a person's name. */
  owner: string;
  /** Bumped when the cluster's membership rules change; a member refuses to see it go backwards. */
  epoch: number;
  /** Wall-clock milliseconds. */
  notAfter: number;
}
