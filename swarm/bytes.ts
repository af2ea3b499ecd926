/** The longest text in a certificate or invite: a DNS label, or a name of that size. */
const TEXT_BYTES_MAX = 63;

/** Builds a canonical binary record, big-endian, field by field. */
export class ByteWriter {
  #parts: Buffer[] = [];

  bytes(value: Uint8Array): void {
    this.#parts.push(Buffer.from(value));
  }

  /** Throws a RangeError where `value` does not fit `size` bytes (at most 6). */
  uint(value: number, size: number): void {
    const part = Buffer.alloc(size);
    part.writeUIntBE(value, 0, size);
    this.#parts.push(part);
  }

  /** Length in one byte, then UTF-8. */
  text(value: string): void {
    const bytes = Buffer.from(value);
    if (bytes.length > TEXT_BYTES_MAX) {
      throw new RangeError(`"${value}" is longer than ${TEXT_BYTES_MAX} bytes`);
    }
    this.uint(bytes.length, 1);
    this.bytes(bytes);
  }

  done(): Buffer {
    return Buffer.concat(this.#parts);
  }
}

/** Takes such a record apart; throws a RangeError as soon as it does not fit. */
export class ByteReader {
  #offset = 0;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  bytes(size: number): Buffer {
    if (this.#offset + size > this.#bytes.length) throw new RangeError('it ends too early');
    this.#offset += size;
    return this.#bytes.subarray(this.#offset - size, this.#offset);
  }

  uint(size: number): number {
    return this.bytes(size).readUIntBE(0, size);
  }

  text(): string {
    const size = this.uint(1);
    if (size > TEXT_BYTES_MAX) throw new RangeError('a name in it is too long');
    const bytes = this.bytes(size);
    const text = bytes.toString();
    // Two spellings of one name (invalid UTF-8 is replaced) would be two encodings of one certificate.
    if (!Buffer.from(text).equals(bytes)) throw new RangeError('a name in it is not UTF-8');
    return text;
  }

  end(): void {
    if (this.#offset !== this.#bytes.length) throw new RangeError('there is more behind its end');
  }
}
