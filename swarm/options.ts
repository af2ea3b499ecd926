import type { Clock } from '../process/clock.ts';
import type { Log } from '../process/log.ts';
import type { Random } from '../process/random.ts';
import type { SignedCertificate } from './certificate.ts';
import type { EpochFloor } from './epoch.ts';
import type { Protocol } from './hello.ts';
import type { KeyPair } from './keys.ts';
import type { Limits } from './limits.ts';

/** Where peers were when they were last reached: key, hex → `host:port`. A Map does; kept on disk it outlives the DHT. */
export interface AddressBook {
  get(key: string): string | undefined;
  set(key: string, address: string): unknown;
}

export interface SwarmOptions {
  keyPair: KeyPair;
  certificate: SignedCertificate;
  /** The cluster's public key, hex. */
  clusterKey: string;
  /** The cluster's own DHT nodes, `host:port`. @default HyperDHT's public ones */
  bootstrap?: readonly string[] | undefined;
  /** Address to bind; `127.0.0.1` keeps everything on this machine. */
  host?: string | undefined;
  /** UDP port to try first. @default 49737, or any free one */
  port?: number | undefined;
  clock: Clock;
  random: Random;
  log: Log;
  /** The epoch below which no certificate is taken; kept on disk by the caller. @default starts at the certificate's own */
  epochs?: EpochFloor;
  /** @default forgotten at the end */
  addresses?: AddressBook;
  limits?: Partial<Limits>;
  /** For tests of old and new versions side by side. */
  protocol?: Protocol;
}
