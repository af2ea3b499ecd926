const firstBytes = 64 * 1024;

/** Writes protobuf from its end to its start, into one buffer: the length of a part is known when it is written. */
export class BackwardWriter {
  #buffer = Buffer.allocUnsafe(firstBytes);
  /** What is written begins here. */
  #start = firstBytes;

  bytes(): Buffer {
    return this.#buffer.subarray(this.#start);
  }

  /** A field with its length before it: a message that `write` writes. */
  part(number: number, write: () => void): void {
    const before = this.#written;
    write();
    this.#varint(this.#written - before);
    this.#varint(number * 8 + 2);
  }

  text(number: number, text: string): void {
    const length = Buffer.byteLength(text);
    const at = this.#room(length);
    this.#buffer.write(text, at);
    this.#varint(length);
    this.#varint(number * 8 + 2);
  }

  integer(number: number, value: number): void {
    this.#varint(value);
    this.#varint(number * 8);
  }

  double(number: number, value: number): void {
    const at = this.#room(8);
    this.#buffer.writeDoubleLE(value, at);
    this.#varint(number * 8 + 1);
  }

  get #written(): number {
    return this.#buffer.length - this.#start;
  }

  #varint(value: number): void {
    if (value >= 0 && value < 0x80) {
      const at = this.#room(1);
      this.#buffer[at] = value;
      return;
    }
    const groups: number[] = [];
    for (let rest = BigInt.asUintN(64, BigInt(Math.trunc(value))); rest > 0n; rest >>= 7n)
      groups.push(Number(rest & 0x7fn));
    const at = this.#room(groups.length);
    for (const [index, group] of groups.entries())
      this.#buffer[at + index] = index < groups.length - 1 ? group | 0x80 : group;
  }

  /** Makes room for so many bytes before what is written, maybe in another buffer. @returns where they begin */
  #room(bytes: number): number {
    if (bytes > this.#start) {
      const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#written + bytes));
      const start = larger.length - this.#written;
      this.#buffer.copy(larger, start, this.#start);
      this.#buffer = larger;
      this.#start = start;
    }
    return (this.#start -= bytes);
  }
}
