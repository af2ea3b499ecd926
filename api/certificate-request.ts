import { createPublicKey, verify, type KeyObject } from 'node:crypto';

/** One element of DER: its tag, its content, and all of it. */
interface Element {
  tag: number;
  content: Buffer;
  whole: Buffer;
}

const sequence = 0x30;
const bitString = 0x03;
const objectIdentifier = 0x06;

/** Which hash goes with a signature's algorithm, by the algorithm's name in hex; Ed25519 has its own. */
const hashes: Record<string, string | null> = {
  '2a864886f70d010105': 'sha1',
  '2a864886f70d01010b': 'sha256',
  '2a864886f70d01010c': 'sha384',
  '2a864886f70d01010d': 'sha512',
  '2a8648ce3d040302': 'sha256',
  '2a8648ce3d040303': 'sha384',
  '2a8648ce3d040304': 'sha512',
  '2b6570': null,
};

const malformed = 'asn1: structure error: the request is not a PKCS#10 certificate request';
const block = /-----BEGIN ([^-\n]+)-----([A-Za-z0-9+/=\s]*)-----END \1-----/;

/**
 * What is wrong with a certificate request as it stands in `spec.request` (PEM in base64): undefined where it is one, signed by the key
 * that it asks a certificate for. PKCS#10 (RFC 2986), which Node itself does not read.
 */
export function certificateRequestProblem(request: string): string | undefined {
  const pem = block.exec(Buffer.from(request, 'base64').toString('latin1'));
  if (pem?.[1] !== 'CERTIFICATE REQUEST') return 'PEM block type must be CERTIFICATE REQUEST';
  try {
    const [outer] = elements(Buffer.from(pem[2]!, 'base64'));
    const [info, algorithm, signature] = elements(expected(outer, sequence).content);
    const [, , publicKey] = elements(expected(info, sequence).content);
    const [name] = elements(expected(algorithm, sequence).content);
    const hash = hashes[expected(name, objectIdentifier).content.toString('hex')];
    if (hash === undefined) return 'x509: cannot verify signature: algorithm unimplemented';
    const key = createPublicKey({ key: expected(publicKey, sequence).whole, format: 'der', type: 'spki' });
    // The first byte of a bit string tells how many bits of the last one are not meant: none.
    const [unusedBits, ...bytes] = expected(signature, bitString).content;
    if (unusedBits !== 0) return malformed;
    return isSigned(hash, info!.whole, key, Buffer.from(bytes)) ? undefined : 'x509: invalid signature';
  } catch {
    return malformed;
  }
}

function isSigned(hash: string | null, data: Buffer, key: KeyObject, signature: Buffer): boolean {
  return verify(hash, data, key, signature);
}

function expected(element: Element | undefined, tag: number): Element {
  if (element?.tag !== tag) throw new Error(malformed);
  return element;
}

/** The elements that lie one behind another. */
function elements(bytes: Buffer): Element[] {
  const found: Element[] = [];
  for (let from = 0; from < bytes.length;) {
    const tag = bytes.readUInt8(from);
    let length = bytes.readUInt8(from + 1);
    let start = from + 2;
    if (length > 0x7f) {
      // Four bytes of length are four gigabytes: more is no request.
      const size = length & 0x7f;
      if (size === 0 || size > 4) throw new Error(malformed);
      length = bytes.readUIntBE(start, size);
      start += size;
    }
    const end = start + length;
    if (end > bytes.length) throw new Error(malformed);
    found.push({ tag, content: bytes.subarray(start, end), whole: bytes.subarray(from, end) });
    from = end;
  }
  return found;
}
