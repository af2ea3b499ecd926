/** Where sandboxes ask for names: the address that Kubernetes users know for it. */
export const dnsAddress = '10.96.0.10';
const clusterDomain = 'cluster.local';
/** Seconds: a Service that is made anew has another address. */
const lifetimeSeconds = 5;

const codes = { ok: 0, formatError: 1, noSuchName: 3, notImplemented: 4 };
const types = { a: 1, any: 255 };
const internet = 1;
const headerBytes = 12;
const labelBytesMax = 63;

/** The `/etc/resolv.conf` of a pod of this namespace: `web`, `web.<namespace>` and `web.<namespace>.svc` find the Service. */
export function resolverSettings(namespace: string): string {
  return [
    `nameserver ${dnsAddress}`,
    `search ${namespace}.svc.${clusterDomain} svc.${clusterDomain} ${clusterDomain}`,
    'options ndots:5',
    '',
  ].join('\n');
}

/**
 * The answer to one question (RFC 1035): the address of a Service in the asker's own namespace, and "no such name" for all else.
 * A Service without an address (headless) exists and has none. Undefined for what is no question at all.
 *
 * @param services name → address, or undefined for one without
 */
export function answerName(
  query: Buffer,
  namespace: string,
  services: ReadonlyMap<string, string | undefined>,
): Buffer | undefined {
  if (query.length < headerBytes || (query[2]! & 0x80) !== 0) return undefined;
  const question = readQuestion(query);
  if (!question) return respond(query, headerBytes, codes.formatError);
  const { name, type, end } = question;
  if ((query[2]! & 0x78) !== 0) return respond(query, end, codes.notImplemented);
  const suffix = `.${namespace}.svc.${clusterDomain}`;
  const service = name.endsWith(suffix) ? name.slice(0, -suffix.length) : undefined;
  if (service === undefined || !services.has(service)) return respond(query, end, codes.noSuchName);
  const address = services.get(service);
  const isAsked = type === types.a || type === types.any;
  return respond(query, end, codes.ok, isAsked ? address : undefined);
}

function readQuestion(query: Buffer): { name: string; type: number; end: number } | undefined {
  if (query.readUInt16BE(4) !== 1) return undefined;
  const labels: string[] = [];
  let at = headerBytes;
  for (;;) {
    const length = query[at];
    // No pointers: there is nothing before a question that one could point to.
    if (length === undefined || length > labelBytesMax || at + 1 + length > query.length) return undefined;
    at += 1;
    if (length === 0) break;
    labels.push(query.toString('latin1', at, at + length).toLowerCase());
    at += length;
  }
  if (at + 4 > query.length) return undefined;
  return { name: labels.join('.'), type: query.readUInt16BE(at), end: at + 4 };
}

function respond(query: Buffer, end: number, code: number, address?: string): Buffer {
  const asked = code === codes.formatError ? headerBytes : end;
  const head = Buffer.from(query.subarray(0, asked));
  // An answer with authority; recursion is offered, since resolvers ask for it and nothing is left to ask elsewhere.
  head[2] = 0x84 | (query[2]! & 0x01);
  head[3] = 0x80 | code;
  head.writeUInt16BE(asked > headerBytes ? 1 : 0, 4);
  head.writeUInt16BE(address === undefined ? 0 : 1, 6);
  head.writeUInt32BE(0, 8);
  if (address === undefined) return head;
  const record = Buffer.alloc(16);
  record.writeUInt16BE(0xc000 | headerBytes, 0);
  record.writeUInt16BE(types.a, 2);
  record.writeUInt16BE(internet, 4);
  record.writeUInt32BE(lifetimeSeconds, 6);
  record.writeUInt16BE(4, 10);
  record.set(address.split('.').map(Number), 12);
  return Buffer.concat([head, record]);
}
