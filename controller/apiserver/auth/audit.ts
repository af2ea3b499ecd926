import type { Clock } from '../../../process/clock.ts';
import { logFile } from '../../../process/log-file.ts';
import { secretUid } from '../../../process/secret.ts';
import type { User } from '../users.ts';
import { isPathAttributes } from './attributes.ts';
import type { Attributes, PathAttributes } from './rule.ts';

/** One request as the audit log keeps it: who, from where, what, with which outcome. Never what it carried. */
export interface AuditRecord {
  time: string;
  /** `ResponseStarted` of a watch or a log, whose end is told again; else `ResponseComplete`. */
  stage: 'ResponseStarted' | 'ResponseComplete';
  /** As the answer's header `Audit-Id` has it. */
  id: string;
  user: string;
  /** Who asked, where it was done as another. */
  impersonatedBy?: string;
  /** `127.0.0.1:53210` on the TLS listener, a member's key on a link. */
  from?: string;
  verb: string;
  /** Of a path that names no object. Never with its query, which may hold a command. */
  path?: string;
  group?: string;
  resource?: string;
  subresource?: string;
  namespace?: string;
  name?: string;
  code: number;
  ms: number;
}

export type Audit = (record: AuditRecord) => void;

/** Kept twice over: some 80,000 requests. */
export const auditBytesMax = 10 * 1024 * 1024;
/** No name that is taken is longer. */
export const auditedCharactersMax = 253;
/** Requests are not held up by the log: what a power failure may take is the last tenth of a second. */
const writeEveryMs = 100;

/** An audit log in a file of JSON lines, moved to `<path>.1` when it is full. */
export function auditFile(path: string, clock: Clock): { audit: Audit; close(): void } {
  const append = logFile(path, auditBytesMax);
  let lines: string[] = [];
  let timer: { cancel(): void } | undefined;
  const write = () => {
    timer?.cancel();
    timer = undefined;
    const text = lines.join('\n');
    lines = [];
    if (text) append(text);
  };
  return {
    audit(record) {
      lines.push(JSON.stringify(record));
      timer ??= clock.after(writeEveryMs, write);
    },
    close: write,
  };
}

/** The caller's own, where it names one (`Audit-ID`), so that it finds its request in the log. */
const auditIdPattern = /^[\w.-]{1,64}$/;

/** What a request is called in the log. */
export function auditIdOf(headers: Readonly<Record<string, string | undefined>>): string {
  const wished = headers['audit-id'];
  return wished !== undefined && auditIdPattern.test(wished) ? wished : secretUid();
}

/**
 * What a request wants, as the log keeps it: shortened, for who is nobody may ask for 60 KB of nothing, and a hundred such lines
 * would push out what people did.
 */
export function auditedObject(
  attributes: Attributes | PathAttributes,
): Pick<AuditRecord, 'verb'> & Partial<AuditRecord> {
  const { verb } = attributes;
  if (isPathAttributes(attributes)) return shortened({ verb, path: attributes.path });
  const { group, resource, subresource, namespace, name } = attributes;
  return shortened({
    verb,
    ...(group && { group }),
    resource,
    ...(subresource && { subresource }),
    ...(namespace && { namespace }),
    ...(name && { name }),
  });
}

function shortened<T extends Record<string, string>>(texts: T): T {
  const isLong = Object.values(texts).some((text) => text.length > auditedCharactersMax);
  if (!isLong) return texts;
  const short = Object.entries(texts).map(([name, text]) => [name, text.slice(0, auditedCharactersMax)]);
  return Object.fromEntries(short) as T;
}

/**
 * Whether a request is worth its line. A host that renews its Lease each second, and a probe that asks whether the server lives,
 * would push out what people did within the hour; where they are refused they are kept.
 */
export function isWorthAuditing(attributes: Attributes | PathAttributes, code: number): boolean {
  if (code >= 400) return true;
  if (isPathAttributes(attributes)) return !['/healthz', '/livez', '/readyz'].includes(attributes.path);
  return attributes.resource !== 'leases' || attributes.namespace !== 'kube-node-lease';
}

/** The names in a record: who, and as whom. */
export function auditedUser(user: User, caller: User): Pick<AuditRecord, 'user' | 'impersonatedBy'> {
  return { user: user.name, ...(caller !== user && { impersonatedBy: caller.name }) };
}
