/** What kith uses of hyperdht 6 and its streams; upstream publishes no types. */

declare module '@hyperswarm/secret-stream' {
  import type { EventEmitter } from 'node:events';

  /** The UDX stream underneath. */
  export interface RawStream extends EventEmitter {
    remoteHost: string;
    remotePort: number;
    destroy(error?: Error): void;
  }

  /** A streamx Duplex (not a node:stream one) that encrypts, each write one message of at most 16 MiB. */
  export default class NoiseSecretStream extends EventEmitter {
    readonly isInitiator: boolean;
    readonly publicKey: Buffer;
    readonly remotePublicKey: Buffer;
    /** The Noise handshake's hash: the same on both sides and on no other channel. */
    readonly handshakeHash: Buffer | null;
    /** Resolves true once both sides hold the keys, false if it was destroyed before. */
    readonly opened: Promise<boolean>;
    readonly rawStream: RawStream | null;
    readonly destroyed: boolean;
    readonly destroying: boolean;
    write(data: Uint8Array): boolean;
    end(): void;
    pause(): void;
    resume(): void;
    destroy(error?: Error | null): void;
    setKeepAlive(intervalMs: number): void;
    flush(): Promise<boolean>;
  }
}

declare module 'hyperdht/lib/noise-wrap.js' {
  import type { KeyPair } from 'hyperdht';

  /** The part of noise-handshake that carries a payload beside the key exchange. */
  export interface NoiseHandshake {
    send(payload: Uint8Array): Uint8Array;
    recv(message: Uint8Array): Uint8Array;
  }

  export interface NoisePayload {
    version: number;
    error: number;
    firewall: number;
  }

  export default class NoiseWrap {
    constructor(keyPair: KeyPair, remotePublicKey: Uint8Array | null);
    readonly isInitiator: boolean;
    readonly handshake: NoiseHandshake;
    readonly remotePublicKey: Buffer | null;
    send(payload: NoisePayload): Uint8Array;
    recv(message: Uint8Array): NoisePayload;
  }
}

declare module 'hyperdht' {
  import type { EventEmitter } from 'node:events';
  import type NoiseSecretStream from '@hyperswarm/secret-stream';
  import type NoiseWrap from 'hyperdht/lib/noise-wrap.js';
  import type { NoisePayload } from 'hyperdht/lib/noise-wrap.js';

  export interface KeyPair {
    publicKey: Buffer;
    /** 64 bytes: the seed, then the public key. */
    secretKey: Buffer;
  }

  export interface Address {
    host: string;
    port: number;
  }

  export interface Options {
    bootstrap?: (string | Address)[];
    nodes?: Address[];
    keyPair?: KeyPair;
    /** The address to bind. */
    host?: string;
    /** @default 49737, or any free one if that is taken */
    port?: number;
    anyPort?: boolean;
    ephemeral?: boolean;
    firewalled?: boolean;
    quickFirewall?: boolean;
    /** Milliseconds between empty messages on idle connections; false for none. */
    connectionKeepAlive?: number | false;
  }

  export type CreateHandshake = (keyPair: KeyPair, remotePublicKey: Uint8Array | null) => NoiseWrap;

  export interface ServerOptions {
    /** True (or a promise of it) refuses, without an answer. */
    firewall?: (
      remotePublicKey: Buffer,
      payload: NoisePayload,
      address: Address,
    ) => boolean | Promise<boolean>;
    createHandshake?: CreateHandshake;
    handshakeClearWait?: number;
    shareLocalAddress?: boolean;
    holepunch?: false | (() => boolean);
  }

  export interface Server extends EventEmitter {
    readonly publicKey: Buffer | null;
    /** Nodes that hold this server's record. */
    readonly relayAddresses: Address[];
    listen(keyPair?: KeyPair): Promise<Server>;
    close(): Promise<void>;
    /** Announces again, at the next turn of its loop (up to 3 s later). */
    refresh(): void;
    on(event: 'connection', listener: (stream: NoiseSecretStream) => void): this;
  }

  export interface ConnectOptions {
    keyPair?: KeyPair;
    createHandshake?: CreateHandshake;
    /** Where to try directly, beside the look-up. */
    relayAddresses?: Address[];
    localConnection?: boolean;
  }

  export interface Reply {
    value: Buffer | null;
    error: number;
    from: Address;
  }

  export interface LookupReply {
    from: Address;
    peers: { publicKey: Buffer; relayAddresses: Address[] }[];
  }

  export interface PeerReply {
    from: Address;
    peer: { publicKey: Buffer };
  }

  export interface Query<T> extends AsyncIterable<T> {
    finished(): Promise<void>;
    destroy(): void;
    readonly successes: number;
    readonly errors: number;
  }

  export default class DHT extends EventEmitter {
    constructor(options?: Options);
    /** The public address as other nodes see it; null until enough of them have said so. */
    readonly host: string | null;
    readonly port: number;
    readonly destroyed: boolean;
    readonly firewalled: boolean;
    readonly online: boolean;
    readonly bootstrapNodes: Address[];
    readonly defaultKeyPair: KeyPair;
    /** Resolves even when no node answered. */
    fullyBootstrapped(): Promise<void>;
    bind(): Promise<void>;
    address(): Address | null;
    remoteAddress(): Address | null;
    /** Nodes known at the moment. */
    toArray(options?: { limit?: number }): Address[];
    connect(publicKey: Buffer, options?: ConnectOptions): NoiseSecretStream;
    createServer(options?: ServerOptions): Server;
    ping(address: Address, options?: { retry?: boolean }): Promise<Reply>;
    request(
      request: { token?: Buffer | null; command: number; target?: Buffer | null; value?: Buffer | null },
      to: Address,
      options?: { retry?: boolean },
    ): Promise<Reply>;
    findPeer(publicKey: Buffer, options?: { hash?: boolean }): Query<PeerReply>;
    lookup(topic: Buffer): Query<LookupReply>;
    announce(topic: Buffer, keyPair: KeyPair, relayAddresses?: Address[]): Query<LookupReply>;
    unannounce(topic: Buffer, keyPair: KeyPair): Promise<void>;
    destroy(options?: { force?: boolean }): Promise<void>;
    static hash(data: Uint8Array): Buffer;
    static readonly BOOTSTRAP: string[];
  }
}
