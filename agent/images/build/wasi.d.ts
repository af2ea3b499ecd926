/** What the adapter uses of WASI 0.2.3, as componentize-js binds it; the shapes follow `world.ts`. */
declare module 'wasi:cli/environment@0.2.3' {
  export function getEnvironment(): [string, string][];
}

declare module 'wasi:http/types@0.2.3' {
  /** Entries are bytes: header values need not be UTF-8. Methods throw `{payload: {tag: 'invalid-syntax' | 'forbidden' | …}}`. */
  export class Fields {
    static fromList(entries: [string, Uint8Array][]): Fields;
    append(name: string, value: Uint8Array): void;
    entries(): [string, Uint8Array][];
    [Symbol.dispose](): void;
  }
  export interface Pollable {
    block(): void;
    [Symbol.dispose](): void;
  }
  /** Throws `{payload: {tag: 'closed'}}` at the end. */
  export interface InputStream {
    blockingRead(length: bigint): Uint8Array;
    [Symbol.dispose](): void;
  }
  export interface OutputStream {
    checkWrite(): bigint;
    write(bytes: Uint8Array): void;
    flush(): void;
    subscribe(): Pollable;
    [Symbol.dispose](): void;
  }
  export interface IncomingBody {
    stream(): InputStream;
    [Symbol.dispose](): void;
  }
  export interface IncomingRequest {
    method(): { tag: string; val?: string };
    pathWithQuery(): string | undefined;
    scheme(): { tag: string; val?: string } | undefined;
    authority(): string | undefined;
    headers(): Fields;
    consume(): IncomingBody;
    [Symbol.dispose](): void;
  }
  export class OutgoingBody {
    write(): OutputStream;
    static finish(body: OutgoingBody, trailers: Fields | undefined): void;
    [Symbol.dispose](): void;
  }
  export class OutgoingResponse {
    constructor(headers: Fields);
    setStatusCode(code: number): void;
    body(): OutgoingBody;
  }
  export class ResponseOutparam {
    static set(
      param: ResponseOutparam,
      response:
        { tag: 'ok'; val: OutgoingResponse } | { tag: 'err'; val: { tag: 'internal-error'; val?: string } },
    ): void;
  }
}
