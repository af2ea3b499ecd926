import { badRequest, isNotFound, notFound } from '../api/errors.ts';
import type { Pod } from '../api/types.ts';
import type { Client } from '../client/client.ts';
import type { Role, Tier } from '../swarm/certificate.ts';
import type { ExtensionRoute } from './apiserver/http/exchange.ts';
import { groups, nodeNameOf, type User } from './apiserver/users.ts';
import type { Members } from './members.ts';

const invitedRoles: readonly Role[] = ['node', 'gateway'];
const tiers: readonly Tier[] = ['own', 'friend', 'volunteer'];
const expiresInMs = { min: 60_000, max: 7 * 24 * 3_600_000 };

/** kith's own paths beside the Kubernetes API: inviting, and leaving for good. */
export function membershipRoutes(parts: {
  members: Members;
  door: string;
  client: () => Client;
  /** Called with the key of a member that has left: whatever links it still has must end. */
  onLeft: (key: string) => void;
}): ExtensionRoute[] {
  const { members, door, client, onLeft } = parts;
  return [
    {
      method: 'POST',
      pattern: /^\/apis\/kith\.home\.arpa\/v1\/invites$/,
      handler: ({ body }) => members.invite({ ...readInvite(body), door }),
    },
    {
      method: 'POST',
      pattern: /^\/apis\/kith\.home\.arpa\/v1\/leave$/,
      groups: [groups.nodes],
      handler: async ({ user, body }) => {
        const { phase } = (body ?? {}) as { phase?: unknown };
        if (phase === 'drain') await drain(client(), nodeOf(user));
        else if (phase === 'done') {
          await forget(client(), nodeOf(user));
          await members.leave(user.certificate!.key);
          onLeft(user.certificate!.key);
        } else throw badRequest('phase must be "drain" or "done"');
        return { phase };
      },
    },
  ];
}

const ownerPattern = /^[a-z0-9](?:[-a-z0-9]{0,56}[a-z0-9])?$/;

function readInvite(body: unknown): {
  role: Role;
  tier: Tier;
  expiresInMs: number;
  owner?: string | undefined;
} {
  const { role, tier, expiresInMs: wished, owner } = (body ?? {}) as Record<string, unknown>;
  if (owner !== undefined && !(typeof owner === 'string' && ownerPattern.test(owner)))
    throw badRequest('owner must be a person\'s name: lower-case letters, digits and "-", at most 58');
  if (!invitedRoles.includes(role as Role))
    throw badRequest(`role must be one of ${invitedRoles.join(', ')}`);
  if (!tiers.includes(tier as Tier)) throw badRequest(`tier must be one of ${tiers.join(', ')}`);
  if (typeof wished !== 'number' || !(wished >= expiresInMs.min && wished <= expiresInMs.max))
    throw badRequest(
      `expiresInMs must be a number from ${expiresInMs.min} (a minute) to ${expiresInMs.max} (a week)`,
    );
  return { role: role as Role, tier: tier as Tier, expiresInMs: wished, owner: owner as string | undefined };
}

function nodeOf(user: User): string {
  const name = nodeNameOf(user);
  if (!name) throw notFound('Node', user.name);
  return name;
}

/** Nothing new comes, and what is there ends within its grace while others start elsewhere. */
async function drain(client: Client, node: string): Promise<void> {
  await client.patch({ kind: 'Node', name: node }, 'merge', { spec: { unschedulable: true } });
  const { items } = await client.list<Pod>('Pod', { fieldSelector: `spec.nodeName=${node}` });
  await Promise.all(
    items.map(({ metadata }) =>
      deleted(client, { kind: 'Pod', namespace: metadata!.namespace, name: metadata!.name! }),
    ),
  );
}

/** The Node goes, and with it the pods that did not end in time. */
async function forget(client: Client, node: string): Promise<void> {
  await deleted(client, { kind: 'Node', name: node });
}

async function deleted(
  client: Client,
  ref: { kind: string; namespace?: string | undefined; name: string },
): Promise<void> {
  try {
    await client.delete(ref);
  } catch (error) {
    // Already gone is what was wanted.
    if (!isNotFound(error)) throw error;
  }
}
