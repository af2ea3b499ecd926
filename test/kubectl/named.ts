/**
 * What the goal names beside the commands: flags and ways that must have a row of their own. A row covers one where its `what` has
 * these words.
 */
export const named: Readonly<Record<string, readonly string[]>> = {
  get: (
    '-o wide|-o json|-o yaml|-o name|-o jsonpath|-o jsonpath-as-json|-o jsonpath-file|-o go-template|-o go-template-file|' +
    '-o template|-o custom-columns|-o custom-columns-file|-w|--sort-by|-l|--field-selector|--chunk-size'
  ).split('|'),
  create: ['-f'],
  apply: ['three-way merge', '--server-side', 'conflicts', '--force-conflicts', '--prune', '-k'],
  patch: ['--type=strategic', '--type=merge', '--type=json'],
  delete: ['--cascade=background', '--cascade=foreground', '--cascade=orphan', '--force'],
  diff: ['--server-side'],
  logs: ['-f', '--previous', '-c', '--since', '--timestamps', '-l'],
  exec: ['-it', '-i', 'exit code'],
  attach: ['-it'],
  cp: ['into a pod', 'out of a pod'],
  'port-forward': ['to a pod', 'to a Service', 'to a Deployment'],
  debug: ['an ephemeral container', '--copy-to', 'a node'],
  run: ['-it'],
  wait: ['--for=condition', '--for=delete', '--for=jsonpath', '--for=create'],
  'auth can-i': ['--list', '--as'],
  'cluster-info dump': ['--output-directory'],
  'rollout undo': ['--to-revision'],
  'rollout history': ['--revision'],
};

/** Commands without a row, and flags of others, whose rows are still being written: in order, and each goes with its row. */
export const awaited: readonly string[] = [];
