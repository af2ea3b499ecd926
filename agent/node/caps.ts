import { availableParallelism, totalmem } from 'node:os';

/** What the host's owner lends. */
export interface Caps {
  /** Thousandths of a core. */
  cpuMillis: number;
  memoryBytes: number;
  diskBytes: number;
  /** Pods at once. */
  pods: number;
}

/** What there is, in whole. */
export interface Machine {
  cores: number;
  memoryBytes: number;
  diskFreeBytes?: number;
  diskTotalBytes?: number;
}

export interface ChosenCap {
  name: keyof Caps;
  value: number;
  reason: string;
}

const gib = 1024 ** 3;
/** While the owner sits at the machine only this much would be taken; the machine is taken to be idle where nobody can tell. */
const idleShare = { cpu: 0.75, memory: 0.5 };
const diskDefault = 10 * gib;
const diskKeptFreeShare = 0.1;
/** As in Kubernetes; a home machine meets its other limits long before. */
const podsDefault = 110;

/**
 * The caps: what the owner set, else defaults, each with its reason for people to read.
 */
export function chooseCaps(
  wished: Partial<Caps> = {},
  machine: Machine = {
    cores: availableParallelism(),
    memoryBytes: totalmem(),
  },
): { caps: Caps; chosen: ChosenCap[] } {
  const spare =
    machine.diskFreeBytes === undefined
      ? Infinity
      : Math.max(0, machine.diskFreeBytes - (machine.diskTotalBytes ?? 0) * diskKeptFreeShare);
  const defaults: Caps = {
    cpuMillis: Math.floor(machine.cores * 1000 * idleShare.cpu),
    memoryBytes: Math.floor(machine.memoryBytes * idleShare.memory),
    diskBytes: Math.floor(Math.min(diskDefault, spare)),
    pods: podsDefault,
  };
  const reasons: Record<keyof Caps, string> = {
    cpuMillis: `${idleShare.cpu * 100} % of ${machine.cores} cores: the default while nobody sits at the machine`,
    memoryBytes: `${idleShare.memory * 100} % of ${Math.round((machine.memoryBytes / gib) * 10) / 10} GiB: the default while nobody sits at the machine`,
    diskBytes:
      spare < diskDefault
        ? `what is free, less the ${diskKeptFreeShare * 100} % of the disk that always stay free`
        : '10 GiB: the default; 10 % of the disk always stay free',
    pods: 'as many as Kubernetes allows on a node',
  };
  const names = Object.keys(defaults) as (keyof Caps)[];
  const caps = { ...defaults };
  const chosen = names.map((name): ChosenCap => {
    const set = wished[name];
    if (set === undefined) return { name, value: defaults[name], reason: reasons[name] };
    if (!Number.isFinite(set) || set < 0)
      throw new Error(`the cap ${name} is ${set}; it must be a number of at least 0`);
    caps[name] = Math.floor(set);
    return { name, value: caps[name], reason: 'set by the owner' };
  });
  return { caps, chosen };
}

/**
 * What images may take on this disk: the owner's cap, else 10 GiB, however much is free. A manifest may name a hundred layers of 8 GiB
 * each, and whoever can have a pod placed here chooses it.
 */
export function imageQuotaBytes(wished: Partial<Caps>): number {
  return wished.diskBytes ?? diskDefault;
}
