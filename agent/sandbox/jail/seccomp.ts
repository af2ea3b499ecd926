/**
 * The system-call filter of a jail, as the kernel's classic BPF bytes (`struct sock_filter`, linux/filter.h), because bubblewrap
 * takes a finished program. A list of what is denied: Node and glibc use new calls with each version, so a list of
 * what is allowed would break apps on upgrade; what is denied is what widens the kernel's surface or leaves the jail.
 */

type Architecture = 'x64' | 'arm64';

/** From linux/audit.h: the filter must not read another architecture's numbers as its own. */
const auditArchitecture: Record<Architecture, number> = { x64: 0xc000003e, arm64: 0xc00000b7 };

/** Numbers from asm/unistd_64.h and asm-generic/unistd.h: `[x64, arm64]`, undefined where the call does not exist. */
const denied: Record<string, [x64: number | undefined, arm64: number | undefined]> = {
  // Other processes and their memory.
  ptrace: [101, 117],
  process_vm_readv: [310, 270],
  process_vm_writev: [311, 271],
  process_madvise: [440, 440],
  pidfd_open: [434, 434],
  pidfd_getfd: [438, 438],
  kcmp: [312, 272],
  // New processes; threads are allowed, see `clone` below.
  fork: [57, undefined],
  vfork: [58, undefined],
  // New namespaces and file systems.
  unshare: [272, 97],
  setns: [308, 268],
  mount: [165, 40],
  umount2: [166, 39],
  pivot_root: [155, 41],
  chroot: [161, 51],
  open_tree: [428, 428],
  move_mount: [429, 429],
  fsopen: [430, 430],
  fsconfig: [431, 431],
  fsmount: [432, 432],
  fspick: [433, 433],
  mount_setattr: [442, 442],
  name_to_handle_at: [303, 264],
  open_by_handle_at: [304, 265],
  mknod: [133, undefined],
  mknodat: [259, 33],
  fanotify_init: [300, 262],
  quotactl: [179, 60],
  quotactl_fd: [443, 443],
  // Sockets: the jail is handed the listening ones that it needs and makes none, of any family.
  socket: [41, 198],
  socketpair: [53, 199],
  bind: [49, 200],
  connect: [42, 203],
  // Where most of the kernel's own holes were found.
  bpf: [321, 280],
  perf_event_open: [298, 241],
  userfaultfd: [323, 282],
  io_uring_setup: [425, 425],
  io_uring_enter: [426, 426],
  io_uring_register: [427, 427],
  keyctl: [250, 219],
  add_key: [248, 217],
  request_key: [249, 218],
  vmsplice: [278, 75],
  modify_ldt: [154, undefined],
  memfd_secret: [447, 447],
  shmget: [29, 194],
  shmctl: [31, 195],
  shmat: [30, 196],
  semget: [64, 190],
  msgget: [68, 186],
  mq_open: [240, 180],
  mbind: [237, 235],
  set_mempolicy: [238, 237],
  get_mempolicy: [239, 236],
  migrate_pages: [256, 238],
  move_pages: [279, 239],
  // The machine itself.
  kexec_load: [246, 104],
  kexec_file_load: [320, 294],
  init_module: [175, 105],
  finit_module: [313, 273],
  delete_module: [176, 106],
  reboot: [169, 142],
  swapon: [167, 224],
  swapoff: [168, 225],
  sethostname: [170, 161],
  setdomainname: [171, 162],
  settimeofday: [164, 170],
  clock_settime: [227, 112],
  clock_adjtime: [305, 266],
  adjtimex: [159, 171],
  acct: [163, 89],
  syslog: [103, 116],
  personality: [135, 92],
  vhangup: [153, 58],
  iopl: [172, undefined],
  ioperm: [173, undefined],
};

const cloneNumber: Record<Architecture, number> = { x64: 56, arm64: 220 };
const clone3Number = 435;
const ioctlNumber: Record<Architecture, number> = { x64: 16, arm64: 29 };
/** On x64 numbers from here on are the x32 ABI: the same calls by other names. */
const x32Numbers = 0x40000000;

const cloneThread = 0x00010000;
/** NEWTIME, NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET. */
const cloneNewNamespaces = 0x7e020080;
/** These push keystrokes into a terminal. */
const typingRequests = [0x5412, 0x541c];

const errnoNotPermitted = 1;
const errnoNoSuchCall = 38;

// Offsets into `struct seccomp_data`; of an argument the low half, which is where flags and requests are.
const offset = { number: 0, architecture: 4, argument0: 16, argument1: 24 };

/** One test or action. Jumps name a label; they are resolved to distances when all is known. */
type Step =
  | { load: number }
  | { ifEqual: number; to: string }
  | { ifAtLeast: number; to: string }
  | { ifAnySet: number; to: string }
  | { goto: string }
  | { label: string }
  | { answer: number };

const allow = 0x7fff0000;
const kill = 0x80000000;
const fail = (errno: number) => 0x00050000 | errno;

/** The filter's bytes for `bwrap --seccomp`. */
export function seccompFilter(architecture: Architecture): Buffer {
  const column = architecture === 'x64' ? 0 : 1;
  const steps: Step[] = [
    { load: offset.architecture },
    { ifEqual: auditArchitecture[architecture], to: 'ours' },
    { answer: kill },
    { label: 'ours' },
    { load: offset.number },
  ];
  const deny = (test: { ifEqual: number } | { ifAtLeast: number }, errno: number) => {
    const next = `after-${steps.length}`;
    steps.push({ ...test, to: `hit-${next}` }, { goto: next }, { label: `hit-${next}` });
    steps.push({ answer: fail(errno) }, { label: next });
  };
  if (architecture === 'x64') deny({ ifAtLeast: x32Numbers }, errnoNoSuchCall);
  for (const numbers of Object.values(denied)) {
    const number = numbers[column];
    if (number !== undefined) deny({ ifEqual: number }, errnoNotPermitted);
  }
  // glibc falls back to clone, whose flags a filter can see; clone3's lie behind a pointer.
  deny({ ifEqual: clone3Number }, errnoNoSuchCall);
  steps.push(
    { ifEqual: cloneNumber[architecture], to: 'clone' },
    { ifEqual: ioctlNumber[architecture], to: 'ioctl' },
    { answer: allow },
    { label: 'clone' },
    { load: offset.argument0 },
    { ifAnySet: cloneNewNamespaces, to: 'refuse' },
    { ifAnySet: cloneThread, to: 'pass' },
    { goto: 'refuse' },
    { label: 'ioctl' },
    { load: offset.argument1 },
    ...typingRequests.map((request): Step => ({ ifEqual: request, to: 'refuse' })),
    { label: 'pass' },
    { answer: allow },
    { label: 'refuse' },
    { answer: fail(errnoNotPermitted) },
  );
  return assemble(steps);
}

/** The names on the list, for the docs and the tests. */
export const deniedCalls: readonly string[] = [...Object.keys(denied), 'clone3'];
/** A call's number on an architecture, for the tests. */
export const callNumber = (name: string, architecture: Architecture): number | undefined =>
  name === 'clone3' ? clone3Number : denied[name]?.[architecture === 'x64' ? 0 : 1];

const code = { load: 0x20, equal: 0x15, atLeast: 0x35, anySet: 0x45, goto: 0x05, answer: 0x06 };
const instructionBytes = 8;

function assemble(steps: Step[]): Buffer {
  const lines: Exclude<Step, { label: string }>[] = [];
  const labels = new Map<string, number>();
  for (const step of steps)
    if ('label' in step) labels.set(step.label, lines.length);
    else lines.push(step);
  const program = Buffer.alloc(lines.length * instructionBytes);
  for (const [index, line] of lines.entries()) {
    /** A jump counts from the next instruction; a test's holds 8 bits. */
    const distance = (label: string, max: number) => {
      const target = labels.get(label);
      if (target === undefined || target <= index || target - index - 1 > max)
        throw new Error(`The filter's jump to ${label} cannot be written.`);
      return target - index - 1;
    };
    const write = (operation: number, constant: number, ifTrue = 0) => {
      program.writeUInt16LE(operation, index * instructionBytes);
      program.writeUInt8(ifTrue, index * instructionBytes + 2);
      program.writeUInt32LE(constant >>> 0, index * instructionBytes + 4);
    };
    if ('load' in line) write(code.load, line.load);
    else if ('answer' in line) write(code.answer, line.answer);
    else if ('goto' in line) write(code.goto, distance(line.goto, 0xffff));
    else if ('ifEqual' in line) write(code.equal, line.ifEqual, distance(line.to, 0xff));
    else if ('ifAtLeast' in line) write(code.atLeast, line.ifAtLeast, distance(line.to, 0xff));
    else write(code.anySet, line.ifAnySet, distance(line.to, 0xff));
  }
  return program;
}
