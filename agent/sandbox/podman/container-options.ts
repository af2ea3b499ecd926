import type { ContainerSpec, PodSandboxSpec } from '../sandbox.ts';

const mebibyte = 1024 * 1024;

export const podmanLimits = {
  /** For an app that names no limit. */
  memoryBytes: 512 * mebibyte,
  /** A server with threads fits; a fork bomb does not. */
  processesMax: 512,
  /** Its throw-away folders, /tmp, /run and /var/tmp, share the memory limit: half of it for one of them. */
  temporaryShare: 0.5,
};

/** Marks what is ours; its value tells one agent's containers from another's. */
export const agentLabel = 'kith.agent';
/** JSON of a `ContainerRecord`. */
export const recordLabel = 'kith.container';

/** What the next agent needs to take a container over. No environment: Secrets are in it. */
export interface ContainerRecord {
  pod: PodSandboxSpec;
  container: string;
  ports: number[];
  tty: boolean;
}

/** Whose network a container shares, and its processes where these are wanted too. */
export interface JoinedContainer {
  podmanId: string;
  processes: boolean;
}

export const memoryMaxOf = (spec: ContainerSpec): number => spec.memoryBytesMax ?? podmanLimits.memoryBytes;

/**
 * A container as podman creates it: no network but its own loopback, a root that cannot be written, no capabilities, nothing that
 * gives new privileges, and limits. Source of the fields: libpod's SpecGenerator.
 */
export function containerOptions(
  name: string,
  agent: string,
  pod: PodSandboxSpec,
  spec: ContainerSpec,
  more: {
    /** A file of the host that says where names are asked for. */
    resolverFile?: string | undefined;
    joined?: JoinedContainer | undefined;
  } = {},
): Record<string, unknown> {
  const memory = memoryMaxOf(spec);
  const record: ContainerRecord = {
    pod,
    container: spec.name,
    ports: spec.ports,
    tty: spec.tty ?? false,
  };
  const temporary = Math.floor(memory * podmanLimits.temporaryShare);
  return {
    name,
    // By its id, so that what was judged is what runs.
    image: spec.image.path,
    ...(spec.command?.length ? { entrypoint: spec.command, command: spec.args ?? [] } : {}),
    ...(!spec.command?.length && spec.args?.length ? { command: spec.args } : {}),
    env: spec.env,
    terminal: spec.tty ?? false,
    stdin: spec.stdin ?? false,
    hostname: pod.name.slice(0, hostnameLettersMax),
    labels: { [agentLabel]: agent, [recordLabel]: JSON.stringify(record) },
    ...namespacesOf(more.joined),
    read_only_filesystem: true,
    cap_drop: ['all'],
    no_new_privileges: true,
    image_volume_mode: 'ignore',
    mounts: [
      ...['/tmp', '/run', '/var/tmp'].map((destination) => ({
        destination,
        type: 'tmpfs',
        source: 'tmpfs',
        options: ['rw', 'nosuid', 'nodev', `size=${temporary}`, 'mode=1777'],
      })),
      ...(more.resolverFile === undefined
        ? []
        : [
            {
              destination: '/etc/resolv.conf',
              type: 'bind',
              source: more.resolverFile,
              options: ['ro', 'nosuid', 'nodev', 'noexec'],
            },
          ]),
    ],
    resource_limits: {
      // With swap at the same value there is none beyond it.
      memory: { limit: memory, swap: memory },
      pids: { limit: podmanLimits.processesMax },
      ...(spec.cpuMillisMax && {
        cpu: {
          period: cpuPeriodUs,
          quota: Math.max(cpuQuotaUsMin, (spec.cpuMillisMax * cpuPeriodUs) / 1000),
        },
      }),
    },
    // The agent keeps the log: podman's own would be a second copy.
    log_configuration: { driver: 'none' },
    restart_policy: 'no',
  };
}

/** Of its own and empty, or those of the container that it joins; rootless, these belong to that one's user namespace. */
function namespacesOf(joined: JoinedContainer | undefined): Record<string, unknown> {
  const isRoot = process.getuid?.() === 0;
  if (joined === undefined)
    return {
      netns: { nsmode: 'none' },
      // As Docker and containerd have it: an app may listen on 80 without any capability, since the network is its own.
      sysctl: { 'net.ipv4.ip_unprivileged_port_start': '0' },
      ...(!isRoot && { userns: { nsmode: 'keep-id' } }),
    };
  const other = { nsmode: 'container', value: joined.podmanId };
  return { netns: other, ...(joined.processes && { pidns: other }), ...(!isRoot && { userns: other }) };
}

/** Linux' own bound. */
const hostnameLettersMax = 63;
const cpuPeriodUs = 100_000;
/** The kernel takes none below 1 ms. */
const cpuQuotaUsMin = 1_000;
