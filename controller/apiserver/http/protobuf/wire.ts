/** What stands in a message cannot be read. The words are those of Go's generated code. */
export class WireError extends Error {}

export const wireTypes = { varint: 0, fixed64: 1, bytes: 2, startGroup: 3, endGroup: 4, fixed32: 5 } as const;

const cutOff = () => new WireError('unexpected EOF');
const nothing = Buffer.alloc(0);
/** Seven bits a byte, sixty-four in all. */
const varintBytesMax = 10;

/** Reads one message from its start to its end. Nothing is set aside for a length that it only claims. */
export class WireReader {
  readonly #bytes: Buffer;
  readonly #message: string;
  #at = 0;

  /** @param message its name, for what is said of it */
  constructor(bytes: Buffer, message: string) {
    this.#bytes = bytes;
    this.#message = message;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** The number of the next field, and how it is written. @throws WireError */
  tag(): { number: number; type: number } {
    const wire = this.varint();
    const number = Math.floor(wire / 8) | 0;
    const type = ((wire % 8) + 8) % 8;
    if (type === wireTypes.endGroup)
      throw new WireError(`proto: ${this.#message}: wiretype end group for non-group`);
    if (number <= 0)
      throw new WireError(`proto: ${this.#message}: illegal tag ${number} (wire type ${wire})`);
    return { number, type };
  }

  /** A whole number of 64 bits with its sign; beyond 2^53 it is rounded, as in JSON. @throws WireError */
  varint(): number {
    let small = 0;
    for (let count = 0; count < varintBytesMax; count++) {
      const byte = this.#bytes[this.#at + count];
      if (byte === undefined) throw cutOff();
      if (count < 4) small |= (byte & 0x7f) << (count * 7);
      if (byte >= 0x80) continue;
      const start = this.#at;
      this.#at += count + 1;
      return count < 4 ? small : this.#long(start);
    }
    throw new WireError('proto: integer overflow');
  }

  #long(start: number): number {
    let value = 0n;
    for (let at = this.#at - 1; at >= start; at--) value = (value << 7n) | BigInt(this.#bytes[at]! & 0x7f);
    return Number(BigInt.asIntN(64, value));
  }

  double(): number {
    const start = this.#skipped(8);
    return this.#bytes.readDoubleLE(start);
  }

  /** What has its length before it: a text, bytes, or a message. It is a part of the body, not a copy. @throws WireError */
  part(): Buffer {
    const length = this.varint();
    if (length < 0) throw new WireError('proto: negative length found during unmarshaling');
    // The smallest part is what a body can hold the most of.
    if (length === 0) return nothing;
    const start = this.#skipped(length);
    return this.#bytes.subarray(start, start + length);
  }

  /** Leaves out the value of a field that nobody knows. @throws WireError */
  skip(type: number): void {
    // Groups hold fields, and end by a tag of their own.
    for (let depth = 0, next = type; ; next = this.varint() & 7) {
      if (next === wireTypes.varint) this.varint();
      else if (next === wireTypes.fixed64) this.#skipped(8);
      else if (next === wireTypes.bytes) this.part();
      else if (next === wireTypes.fixed32) this.#skipped(4);
      else if (next === wireTypes.startGroup) depth++;
      else if (next === wireTypes.endGroup) depth--;
      else throw new WireError(`proto: illegal wireType ${next}`);
      if (depth === 0) return;
    }
  }

  /** Goes on by so many bytes. @returns where they start */
  #skipped(length: number): number {
    const start = this.#at;
    if (length > this.#bytes.length - start) throw cutOff();
    this.#at += length;
    return start;
  }
}
