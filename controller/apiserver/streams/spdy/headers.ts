import { constants, createDeflate, createInflate, type Deflate, type Inflate } from 'node:zlib';
import { headerDictionary } from './dictionary.ts';

/** Names in lower case. */
export type SpdyHeaders = Record<string, string>;

/** What a block of headers may open up to: a few names and numbers. */
const blockBytesMax = 64 * 1024;
const headersMax = 100;

/** Compression of the headers of one connection: all blocks of a direction are one stream, in the order in which they travel. */
export class HeaderCodec {
  readonly #deflate: Deflate;
  readonly #inflate: Inflate;

  constructor() {
    const dictionary = headerDictionary();
    this.#deflate = createDeflate({ dictionary });
    this.#inflate = createInflate({
      dictionary,
      flush: constants.Z_SYNC_FLUSH,
      readableHighWaterMark: blockBytesMax,
    } as Parameters<typeof createInflate>[0]);
  }

  /** Call it for one block after the other. */
  pack(headers: SpdyHeaders): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      this.#deflate.once('error', reject);
      this.#deflate.write(blockOf(headers));
      this.#deflate.flush(constants.Z_SYNC_FLUSH, () => {
        this.#deflate.off('error', reject);
        resolve((this.#deflate.read() as Buffer | null) ?? Buffer.alloc(0));
      });
    });
  }

  /** Call it for one block after the other. @throws Error where it is no block of headers */
  unpack(block: Buffer): Promise<SpdyHeaders> {
    return new Promise((resolve, reject) => {
      // zlib stops where its buffer is full, and would wait for ever for a reader of the rest.
      const isFull = () => {
        if (this.#inflate.readableLength >= blockBytesMax)
          reject(new Error(`a block of headers opens up to more than ${blockBytesMax} bytes`));
      };
      this.#inflate.once('error', reject);
      this.#inflate.on('readable', isFull);
      this.#inflate.write(block, () => {
        this.#inflate.off('error', reject);
        this.#inflate.off('readable', isFull);
        try {
          resolve(headersIn((this.#inflate.read() as Buffer | null) ?? Buffer.alloc(0)));
        } catch (error) {
          reject(error as Error);
        }
      });
    });
  }

  close(): void {
    for (const stream of [this.#deflate, this.#inflate]) {
      stream.on('error', () => {});
      stream.destroy();
    }
  }
}

/** A count, then each name and value with its length before it. */
function blockOf(headers: SpdyHeaders): Buffer {
  const entries = Object.entries(headers);
  return Buffer.concat([number(entries.length), ...entries.flat().flatMap(sized)]);
}

function sized(text: string): Buffer[] {
  const bytes = Buffer.from(text);
  return [number(bytes.length), bytes];
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function headersIn(block: Buffer): SpdyHeaders {
  let at = 0;
  const next = () => {
    if (at + 4 > block.length) throw new Error('a block of headers ends too early');
    const value = block.readUInt32BE(at);
    at += 4;
    return value;
  };
  const text = () => {
    const length = next();
    if (at + length > block.length) throw new Error('a header is longer than its block');
    at += length;
    return block.toString('utf8', at - length, at);
  };
  const count = next();
  if (count > headersMax) throw new Error(`a stream has more than ${headersMax} headers`);
  const headers: SpdyHeaders = Object.create(null) as SpdyHeaders;
  for (let each = 0; each < count; each++) {
    const name = text().toLowerCase();
    headers[name] = text();
  }
  return headers;
}
