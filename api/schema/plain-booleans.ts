/** Fields of Kubernetes' types that are plain and not behind a pointer, in every type that has one: their `false` is as their absence. */
export const plainBooleans: ReadonlySet<string> = new Set([
  'globalDefault',
  'hostIPC',
  'hostNetwork',
  'hostPID',
  'paused',
  'publishNotReadyAddresses',
  'stdin',
  'stdinOnce',
  'tty',
  'unschedulable',
]);
