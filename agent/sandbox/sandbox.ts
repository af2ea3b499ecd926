import type { Duplex, Readable, Writable } from 'node:stream';

/** What a driver can do beyond running; what it cannot is refused by name where it is asked for. */
export interface Capabilities {
  /** Run another command in a live container. */
  exec: boolean;
  /** CPU and memory in use. */
  stats: boolean;
  /** `tcp`: any protocol on any port; `http`: the app is an HTTP handler behind each declared port. */
  ports: 'tcp' | 'http';
  /** Several containers share the pod's loopback. */
  sharedLoopback: boolean;
  /** `os`: namespaces hold the app; `none`: it runs as the user, so only apps of tier `own` may. */
  isolation: 'os' | 'none';
  /** Which limits are enforced, not merely asked for: read back after a trial run. */
  enforces: { memory: boolean; cpu: boolean };
}

/** How to run one container. Everything is resolved: no API object, no lookup. */
export interface ContainerSpec {
  name: string;
  /** Where the image's content lies on this machine, from `agent/images`. */
  image: LocalImage;
  command?: string[];
  args?: string[];
  env: Record<string, string>;
  /** Ports the app listens on (declared containerPorts, or those probes and Services use). */
  ports: number[];
  memoryBytesMax?: number;
  cpuMillisMax?: number;
  /** Its input stays open, for whoever attaches. @default it reads the end at once */
  stdin?: boolean;
  /** It has a terminal. */
  tty?: boolean;
  /** It looks into another container of its pod: on that one's network, and among its processes where these are wanted too. */
  joins?: { container: string; processes: boolean };
  /** Receives what the container writes; the driver calls it with whole chunks and waits for nothing. */
  output: (stream: 'stdout' | 'stderr', chunk: Buffer) => void;
}

/** An image that is whole and verified on this machine. */
export interface LocalImage {
  reference: string;
  /** `sha256:…` of the manifest. */
  digest: string;
  kind: 'wasm' | 'oci';
  /** For `wasm`: the component's file. For `oci`: the image's id in the store of the driver that told of it. */
  path: string;
}

export interface PodSandboxSpec {
  uid: string;
  namespace: string;
  name: string;
  /** A folder of this pod's own on the host, made by the caller, removed by the caller. */
  directory: string;
  /** Its containers see each other's processes. Only podman has it; for the others the API refuses it. */
  sharesProcesses?: boolean;
}

export interface Exit {
  code: number;
  signal?: string;
  /** As Kubernetes words it: `Completed`, `Error`, `OOMKilled`, `ContainerCannotRun`. */
  reason: string;
  message?: string;
}

export interface RunningContainer {
  readonly name: string;
  /** `wasm://…` or `podman://…`, as `status.containerStatuses[].containerID` shows it. */
  readonly id: string;
  /** Process id on the host, for the owner and for tests; undefined where there is none. */
  readonly pid: number | undefined;
  readonly exited: Promise<Exit>;
  /** SIGTERM, then SIGKILL after `graceMs`. Resolves when it is gone. */
  stop(graceMs: number): Promise<Exit>;
  /** Runs another command in it, with `capabilities.exec`. Rejects where it cannot be started. */
  exec?(command: string[], options: SessionOptions): Promise<Session>;
  /** The app's own streams from now on, beside its log. Its `exited` is the app's; closing it leaves the app alone. */
  console?(options: SessionOptions): Promise<Session>;
  stats?(): Promise<{ cpuMillisTotal: number; memoryBytes: number }>;
  /** Where what it writes goes from now on. For an adopted container, whose writing goes nowhere until this is called. */
  attach?(output: ContainerSpec['output']): void;
}

/** Which streams are wanted. With a terminal what goes to stderr comes in stdout. */
export interface SessionOptions {
  stdin: boolean;
  tty: boolean;
}

/** A command's streams. Each waits for a slow reader. */
export interface Session {
  /** `end()` is half-close: the command reads the end of its input, and its output goes on. Undefined: none was asked for. */
  readonly stdin: Writable | undefined;
  readonly stdout: Readable;
  /** Undefined with a terminal. */
  readonly stderr: Readable | undefined;
  readonly exited: Promise<Exit>;
  /** Terminals only. */
  resize?(size: { width: number; height: number }): Promise<void>;
  /** Ends the command, where it is one of its own and still runs, and frees what it holds. */
  close(): void;
}

/** One pod's sandbox: containers in it share what the driver's capabilities say. */
export interface PodSandbox {
  readonly uid: string;
  /** Live containers, by name. */
  readonly containers: ReadonlyMap<string, RunningContainer>;
  start(spec: ContainerSpec): Promise<RunningContainer>;
  /** Opens a byte stream to a port inside. Rejects with a reason if nothing answers there. */
  connect(port: number): Promise<Duplex>;
  /** Kills what is left and frees everything; a second call does nothing. */
  remove(): Promise<void>;
}

/** One way to run pods. Every driver passes `test/agent/sandbox/contract.ts`. */
export interface Sandbox {
  readonly name: string;
  readonly capabilities: Capabilities;
  create(spec: PodSandboxSpec): Promise<PodSandbox>;
  /** An image that the driver keeps by itself; undefined where it has none of this name. */
  image?(reference: string): Promise<LocalImage | undefined>;
  /** Sandboxes of an earlier run of this agent that still live: each is adopted, or ended by calling `remove()` on it. */
  recover(): Promise<PodSandbox[]>;
  close(): Promise<void>;
}
