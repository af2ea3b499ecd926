import { Flags } from '@oclif/core';
import { isNotFound } from '../../api/errors.ts';
import { kindOf, qualifiedKind, type Kind } from '../../api/kinds.ts';
import { createThreeWayPatch } from '../../api/patch/three-way.ts';
import type { Client, KubeObject } from '../../client/client.ts';
import { KithCommand } from '../command.ts';
import { connect } from '../connection.ts';
import { CliError, exitCodes } from '../errors.ts';
import { filesFlag, namespaceFlag } from '../flags.ts';
import { Home } from '../home.ts';
import { loadManifests } from '../manifests.ts';
import { pinImages } from '../pin-images.ts';

/** Where `kubectl apply` and we keep what was applied last, so that a field taken out of the file is taken out of the object. */
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

export default class Apply extends KithCommand {
  static override description =
    'Create or change objects to what the manifests say. The whole input is checked before the first object is written.';
  static override examples = [
    '<%= config.bin %> apply -f manifests/hello.yaml',
    '<%= config.bin %> apply -f ./manifests/',
    'cat app.yaml | <%= config.bin %> apply -f -',
  ];
  static override flags = {
    filename: filesFlag,
    namespace: namespaceFlag,
    'dry-run': Flags.boolean({ description: 'check and show what would happen, write nothing' }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Apply);
    if (!flags.filename?.length)
      throw new CliError('KITH_NO_INPUT', 'apply needs -f', {
        next: 'kith apply -f FILE',
        exit: exitCodes.wrongInput,
      });
    const home = new Home();
    const objects = loadManifests(flags.filename, flags.namespace);
    const { client, transport } = connect(home);
    try {
      const plan = await Promise.all(objects.map(async (object) => pinImages(object, home.folder('images'))));
      // The server judges what a file alone cannot show (immutable fields, quotas …): all of it, before the first write.
      for (const { object } of plan) await applyOne(client, object, true);
      for (const { object, pinned } of plan) {
        const outcome = flags['dry-run']
          ? await applyOne(client, object, true)
          : await applyOne(client, object, false);
        const kind = kindOf(object.apiVersion, object.kind)!;
        this.log(
          `${qualifiedKind(kind).toLowerCase()}/${object.metadata?.name} ${outcome}${flags['dry-run'] ? ' (dry run)' : ''}`,
        );
        for (const line of pinned) this.log(`  ${line}`);
      }
    } finally {
      transport.close();
    }
  }
}

/** As `kubectl apply`: create, or the three-way patch between what was applied last, what is wanted and what is there. */
async function applyOne(
  client: Client,
  wanted: KubeObject,
  dryRun: boolean,
): Promise<'created' | 'configured' | 'unchanged'> {
  const kind = kindOf(wanted.apiVersion, wanted.kind) as Kind;
  const modified = structuredClone(wanted);
  modified.metadata = {
    ...modified.metadata,
    annotations: { ...modified.metadata?.annotations, [lastApplied]: `${JSON.stringify(wanted)}\n` },
  };
  const ref = { kind: kind.kind, namespace: wanted.metadata?.namespace, name: wanted.metadata!.name! };
  const options = { fieldManager: 'kith-apply', dryRun };
  let current: KubeObject;
  try {
    current = await client.get(ref);
  } catch (error) {
    if (!isNotFound(error)) throw error;
    // A dry run cannot know of a namespace that this very input is about to make.
    try {
      await client.create(modified, options);
    } catch (failure) {
      if (!(dryRun && isNotFound(failure))) throw failure;
    }
    return 'created';
  }
  const before = current.metadata?.annotations?.[lastApplied];
  const patch = createThreeWayPatch(before ? (JSON.parse(before) as object) : {}, modified, current, kind);
  if (Object.keys(patch).length === 0) return 'unchanged';
  await client.patch(ref, 'strategic', patch, options);
  return 'configured';
}
