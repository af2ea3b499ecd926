import { join } from 'node:path';
import {
  kithHome,
  makeHomeFolder,
  makePrivateFolder,
  readJsonFile,
  writeFileAtomically,
} from '../process/folder.ts';

/** What this machine remembers of the one cluster that its home folder belongs to. */
export interface ClusterRecord {
  /** The cluster's name, as the kubeconfig context `kith-<name>` shows it. */
  name: string;
  /** The cluster's public key, hex. */
  clusterKey: string;
  /** Public keys of the controllers, hex: where to dial. */
  controllers: string[];
  /** `host:port` of the cluster's own DHT nodes; empty means HyperDHT's public ones. */
  bootstrap: string[];
  /** Set where the DHT is bound to one address, as on loopback. */
  host?: string;
  /** This machine's name in the cluster. */
  member: string;
  /** What it asked to be called when it joined, where the controller gave it another name. */
  wishedName?: string;
  /** What this machine is: the founder runs the controller. */
  role: 'founder' | 'host' | 'user' | 'publisher';
  /** Loopback ports in use, so that the URL stays the same. */
  ports: { api?: number; gateway?: number };
}

/** The folder of one kith on this machine (`$KITH_HOME`, else `~/.kith`) and the files in it. */
export class Home {
  readonly path: string;

  constructor(path = kithHome()) {
    this.path = path;
  }

  file(...parts: string[]): string {
    return join(this.path, ...parts);
  }

  /** A private folder under the home, made if it is not there. */
  folder(...parts: string[]): string {
    makeHomeFolder(this.path);
    return parts.length === 0 ? this.path : makePrivateFolder(join(this.path, ...parts));
  }

  get clusterFile(): string {
    return this.file('cluster.json');
  }

  get kubeconfig(): string {
    return this.file('kubeconfig');
  }

  cluster(): ClusterRecord | undefined {
    return readJsonFile<ClusterRecord>(this.clusterFile);
  }

  async writeCluster(record: ClusterRecord): Promise<void> {
    this.folder();
    await writeFileAtomically(this.clusterFile, `${JSON.stringify(record, null, 2)}\n`);
  }
}

/** Whether all of these DHT nodes are on this machine: then so is everything else. */
export function onLoopback(bootstrap: string[]): boolean {
  return bootstrap.length > 0 && bootstrap.every((address) => address.startsWith('127.'));
}
