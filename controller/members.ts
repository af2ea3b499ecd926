import { badRequest } from '../api/errors.ts';
import type { Clock } from '../process/clock.ts';
import {
  signCertificate,
  type Role,
  type SignedCertificate,
  type Signer,
  type Tier,
} from '../swarm/certificate.ts';
import type { InviteRecord, JoinRequest } from '../swarm/door.ts';
import { createInvite, formatInvite, InviteError } from '../swarm/invite.ts';
import { isStoreConflict } from './store/errors.ts';
import type { Store } from './store/store.ts';

/** A member's certificate lives so long; a machine that is away longer needs a new invite. */
const certificateMs = 365 * 24 * 3_600_000;
/** An invite that nobody used is forgotten so long after its end: until then its answer is "expired", not "unknown". */
const expiredKeptMs = 30 * 24 * 3_600_000;
/** Invites that may be open at once: more is a script gone wild. */
const openInvitesMax = 1_000;

/** Under these keys the store keeps what is no API object. */
const inviteKey = (id: string) => `/kith/invites/${id}`;
const memberKey = (key: string) => `/kith/members/${key}`;
const ownerKey = (owner: string) => `/kith/owners/${owner}`;
const nameKey = (role: Role, name: string) => `/kith/names/${role}/${name}`;

/** Stands for the holder of an owner's name that an inviter gave. */
const namedByInvite = 'named by an invite';

/** A DNS label with room for a suffix. */
const labelPattern = /^[a-z0-9](?:[-a-z0-9]{0,56}[a-z0-9])?$/;

interface KeptInvite extends InviteRecord {
  /** The person it was made out to, as the inviter named them. */
  owner?: string;
}

interface MemberRecord {
  certificate: SignedCertificate;
  /** Set when it left or was shut out: its certificate counts no more. */
  leftAt?: number;
}

export interface MembersOptions {
  store: Store;
  clusterKey: string;
  clusterName: string;
  signer: Signer;
  epoch: number;
  /** Who founded the cluster: the owner of every machine of tier `own`. */
  founder: string;
  /** Names that the founder's own machines have. */
  reservedNames: ReadonlySet<string>;
  bootstrap: string[];
  clock: Clock;
}

/** Who belongs to the cluster: invites given out, members let in. All of it lies in the store, each step a compare-and-swap. */
export class Members {
  readonly #options: MembersOptions;

  constructor(options: MembersOptions) {
    this.#options = options;
  }

  /** A new single-use invite, as the line to hand over. */
  async invite(wish: {
    role: Role;
    tier: Tier;
    door: string;
    expiresInMs: number;
    owner?: string | undefined;
  }): Promise<{ line: string; expiresAt: number }> {
    const { store, clock, clusterKey, clusterName, bootstrap } = this.#options;
    const now = clock.date().getTime();
    await this.#forgetOld(now);
    const expiresAt = now + wish.expiresInMs;
    const { role, tier, door, owner } = wish;
    const invite = createInvite({ cluster: clusterKey, clusterName, door, expiresAt, role, tier, bootstrap });
    const record: KeptInvite = {
      secret: invite.secret,
      expiresAt,
      used: undefined,
      role,
      tier,
      ...(owner && { owner }),
    };
    if (owner) await this.#reserveOwner(owner);
    await store.put(inviteKey(invite.id), () => record, { absent: true });
    return { line: formatInvite(invite), expiresAt };
  }

  /** From now on nobody gets this name by wishing for it; and who wished for it before is not made that person by the inviter. */
  async #reserveOwner(owner: string): Promise<void> {
    const { store } = this.#options;
    const holder = store.get(ownerKey(owner))?.value;
    if (holder === undefined) {
      await store.put(ownerKey(owner), () => namedByInvite, { absent: true });
      return;
    }
    if (holder === namedByInvite) return;
    const machine = (store.get(memberKey(String(holder)))?.value as MemberRecord | undefined)?.certificate;
    throw badRequest(
      `${owner} is the name that the owner of ${machine?.name ?? 'a machine'} gave on joining; nobody has vouched for it. Invite for another name, or let that machine leave first`,
    );
  }

  lookup(id: string): KeptInvite | undefined {
    return this.#options.store.get(inviteKey(id))?.value as KeptInvite | undefined;
  }

  /** Lets the bearer of a proved invite in. The same key again gets the same certificate. */
  async redeem(request: JoinRequest): Promise<SignedCertificate> {
    const { store, clock, clusterKey, signer, epoch } = this.#options;
    const { invite, key, role, tier } = request;
    const existing = store.get(memberKey(key))?.value as MemberRecord | undefined;
    if (existing && !existing.leftAt && this.lookup(invite)?.used === key) return existing.certificate;
    await this.#use(invite, key);
    const name = await this.#takeName(role, request.name, key);
    const owner = await this.#ownerFor(request);
    const notAfter = clock.date().getTime() + certificateMs;
    const certificate = signCertificate(
      { cluster: clusterKey, key, role, name, owner, tier, epoch, notAfter },
      signer,
    );
    const record: MemberRecord = { certificate };
    await store.put(memberKey(key), () => record);
    return certificate;
  }

  /** Why this key may not connect although its certificate is good; undefined if it may. */
  shutOut(key: string): string | undefined {
    const record = this.#options.store.get(memberKey(key))?.value as MemberRecord | undefined;
    return record?.leftAt ? 'this key has left the cluster; ask for a new invite' : undefined;
  }

  /** Whether it was the founder who said that this is the owner's name, and not the owner. */
  isVouchedFor(owner: string): boolean {
    const { store, founder } = this.#options;
    return owner === founder || store.get(ownerKey(owner))?.value === namedByInvite;
  }

  /** The member goes: its certificate counts no more, its name is free. */
  async leave(key: string): Promise<void> {
    const { store, clock } = this.#options;
    const entry = store.get(memberKey(key));
    if (!entry) return;
    const record = entry.value as MemberRecord;
    const { role, name } = record.certificate;
    const left: MemberRecord = { ...record, leftAt: clock.date().getTime() };
    await store.put(memberKey(key), () => left);
    await this.#spend(key);
    const taken = store.get(nameKey(role, name));
    if (taken?.value === key) await store.delete(nameKey(role, name), { revision: taken.modRevision });
    const owned = store.get(ownerKey(record.certificate.owner));
    if (owned?.value === key)
      await store.delete(ownerKey(record.certificate.owner), { revision: owned.modRevision });
  }

  /** A key may redeem its invite again, since the answer may have been lost; once it has left, it needs a new one. */
  async #spend(key: string): Promise<void> {
    const { store } = this.#options;
    for (const { key: at, value, modRevision } of store.list(inviteKey('')).entries) {
      const record = value as KeptInvite;
      if (record.used !== key) continue;
      const spent: KeptInvite = { ...record, used: `${key}, which has left` };
      await store.put(at, () => spent, { revision: modRevision });
    }
  }

  /** Marks the invite as used by this key; of two keys at once one is told that it came second. */
  async #use(id: string, key: string): Promise<void> {
    const entry = this.#options.store.get(inviteKey(id));
    const record = entry?.value as InviteRecord | undefined;
    const second = () =>
      new InviteError('used', 'the invite was used already, by another key. Ask for a new one.');
    if (!entry || !record) throw new InviteError('unknown', 'the invite was withdrawn');
    if (record.used === key) return;
    if (record.used) throw second();
    const used: InviteRecord = { ...record, used: key };
    try {
      await this.#options.store.put(inviteKey(id), () => used, { revision: entry.modRevision });
    } catch (error) {
      if (isStoreConflict(error)) throw second();
      throw error;
    }
  }

  /**
   * Whose machine this is. Not what the joiner says, or a stranger could take a friend's name: the founder for a machine of tier
   * `own`, else the person whom the inviter named, else the wished name with the key's first digits where somebody has it.
   */
  async #ownerFor({ invite, key, tier, owner: wished }: JoinRequest): Promise<string> {
    const { store, founder } = this.#options;
    if (tier === 'own') return founder;
    const named = this.lookup(invite)?.owner;
    if (named) return named;
    const base = labelPattern.test(wished) ? wished : 'guest';
    if (base !== founder && store.get(ownerKey(base)) === undefined)
      try {
        await store.put(ownerKey(base), () => key, { absent: true });
        return base;
      } catch (error) {
        if (!isStoreConflict(error)) throw error;
      }
    return store.get(ownerKey(base))?.value === key ? base : `${base}-${key.slice(0, 5)}`;
  }

  /** The wished name, or with the key's first digits behind it where another machine has it. */
  async #takeName(role: Role, wished: string, key: string): Promise<string> {
    const { store, reservedNames } = this.#options;
    const base = labelPattern.test(wished) ? wished : 'host';
    for (const name of [base, `${base}-${key.slice(0, 5)}`]) {
      if (reservedNames.has(name)) continue;
      if (store.get(nameKey(role, name))?.value === key) return name;
      try {
        await store.put(nameKey(role, name), () => key, { absent: true });
        return name;
      } catch (error) {
        if (!isStoreConflict(error)) throw error;
      }
    }
    throw new InviteError(
      'refused',
      `the names ${base} and ${base}-${key.slice(0, 5)} are taken. Join with --name.`,
    );
  }

  async #forgetOld(now: number): Promise<void> {
    const { entries } = this.#options.store.list(inviteKey(''));
    for (const { key, value, modRevision } of entries) {
      const { expiresAt } = value as InviteRecord;
      if (expiresAt + expiredKeptMs < now) await this.#options.store.delete(key, { revision: modRevision });
    }
    const open = entries.filter(
      ({ value }) => !(value as InviteRecord).used && (value as InviteRecord).expiresAt > now,
    );
    if (open.length >= openInvitesMax)
      throw new Error(`${open.length} invites are open already. Wait until some are used or expire.`);
  }
}
