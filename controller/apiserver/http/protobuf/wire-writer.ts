import { wireTypes } from './wire.ts';

/** An object of usual size needs no second buffer. */
const firstBytes = 4096;

/**
 * Writes a message from its end to its start: so the length of a part, which stands before it, is known when it is written.
 * What is to come first is written last.
 */
export class WireWriter {
  #bytes = Buffer.allocUnsafe(firstBytes);
  #start = firstBytes;

  /** How much is written yet. */
  get length(): number {
    return this.#bytes.length - this.#start;
  }

  written(): Buffer {
    return this.#bytes.subarray(this.#start);
  }

  varint(value: number): void {
    if (value < 0 || value > 0x7fff_ffff) return this.#long(value);
    let bytes = 1;
    for (let left = value >>> 7; left > 0; left >>>= 7) bytes++;
    let at = this.#before(bytes);
    let left = value;
    for (; bytes > 1; bytes--) {
      this.#bytes[at++] = (left & 0x7f) | 0x80;
      left >>>= 7;
    }
    this.#bytes[at] = left;
  }

  double(value: number): void {
    const at = this.#before(8);
    this.#bytes.writeDoubleLE(value, at);
  }

  text(value: string): void {
    const length = Buffer.byteLength(value);
    const at = this.#before(length);
    this.#bytes.write(value, at, length, 'utf8');
  }

  raw(value: Uint8Array): void {
    const at = this.#before(value.length);
    this.#bytes.set(value, at);
  }

  /** What stands before a value: the number of its field, and how it is written. */
  tag(number: number, type: number): void {
    this.varint(number * 8 + type);
  }

  /** A field that has its length before it; `write` writes what it holds. */
  part(number: number, write: () => void): void {
    const end = this.length;
    write();
    this.varint(this.length - end);
    this.tag(number, wireTypes.bytes);
  }

  #long(value: number): void {
    const bytes: number[] = [];
    let left = BigInt.asUintN(64, BigInt(value));
    for (; left >= 0x80n; left >>= 7n) bytes.push(Number(left & 0x7fn) | 0x80);
    this.raw(Uint8Array.from([...bytes, Number(left)]));
  }

  /** @returns where so many more bytes begin */
  #before(count: number): number {
    if (count > this.#start) this.#grow(count);
    this.#start -= count;
    return this.#start;
  }

  #grow(count: number): void {
    const { length } = this;
    const bytes = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, length + count));
    this.#bytes.copy(bytes, bytes.length - length, this.#start);
    this.#start = bytes.length - length;
    this.#bytes = bytes;
  }
}
