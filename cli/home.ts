import { join } from 'node:path';
import {
  FileDamaged,
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

  /** @throws FileDamaged where the file is no such record */
  cluster(): ClusterRecord | undefined {
    const record = readJsonFile<ClusterRecord>(this.clusterFile);
    const fault = record === undefined ? undefined : faultOf(record);
    if (fault) throw new FileDamaged(this.clusterFile, fault);
    return record;
  }

  async writeCluster(record: ClusterRecord): Promise<void> {
    this.folder();
    await writeFileAtomically(this.clusterFile, `${JSON.stringify(record, null, 2)}\n`);
  }
}

const isText = (value: unknown) => typeof value === 'string' && value !== '';
const isTexts = (value: unknown) => Array.isArray(value) && value.every(isText);
const isPort = (value: unknown) =>
  value === undefined || (Number.isInteger(value) && Number(value) <= 65_535);
const roles: readonly unknown[] = ['founder', 'host', 'user', 'publisher'] satisfies ClusterRecord['role'][];

/** Which field is not of its kind; a half-restored or hand-written file must not pass for a cluster of no name. */
function faultOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return 'it holds no record of a cluster';
  const { name, clusterKey, controllers, bootstrap, host, member, role, ports } = value as Record<
    string,
    unknown
  >;
  const { api, gateway } = (ports ?? {}) as Record<string, unknown>;
  const fits = {
    name: isText(name),
    clusterKey: isText(clusterKey),
    controllers: isTexts(controllers),
    bootstrap: isTexts(bootstrap),
    host: host === undefined || isText(host),
    member: isText(member),
    role: roles.includes(role),
    ports: typeof ports === 'object' && ports !== null && isPort(api) && isPort(gateway),
  };
  const wrong = Object.entries(fits).find(([, fit]) => !fit);
  return wrong && `its field "${wrong[0]}" is missing or not of its kind`;
}

/** Whether all of these DHT nodes are on this machine: then so is everything else. */
export function onLoopback(bootstrap: string[]): boolean {
  return bootstrap.length > 0 && bootstrap.every((address) => address.startsWith('127.'));
}
