import { Flags } from '@oclif/core';
import { isApiError, isBadRequest, isInvalid, isNotFound } from '../../api/errors.ts';
import type { ManifestError } from '../../api/manifests.ts';
import type { Client } from '../../client/client.ts';
import { applyObject } from '../apply-object.ts';
import { KithCommand } from '../command.ts';
import { connect } from '../connection.ts';
import { CliError, exitCodes } from '../errors.ts';
import { filesFlag, namespaceFlag } from '../flags.ts';
import { Home } from '../home.ts';
import { loadManifests, refuseIfAny, type Written } from '../manifests.ts';
import { pinImages } from '../pin-images.ts';
import { objectName } from '../print/object-name.ts';

type Planned = Written & { pinned: string[] };

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
    const { flags, metadata } = await this.parse(Apply);
    if (!flags.filename?.length)
      throw new CliError('KITH_NO_INPUT', 'apply needs -f', {
        next: 'kith apply -f FILE',
        exit: exitCodes.wrongInput,
      });
    const home = new Home();
    const given = !metadata.flags['namespace']?.setFromDefault;
    const written = loadManifests(flags.filename, { name: flags.namespace, given }, 'applied');
    const { client, transport } = connect(home);
    try {
      const plan = await Promise.all(written.map((each) => planned(each, home.folder('images'))));
      // Namespaces come first: what lies in them may stand before them in the input.
      plan.sort((a, b) => Number(b.kind.kind === 'Namespace') - Number(a.kind.kind === 'Namespace'));
      refuseIfAny(await mistakesOf(client, plan), 'applied');
      const dryRun = flags['dry-run'];
      for (const { object, kind, pinned } of plan) {
        const outcome = await attempt(client, { object, kind }, plan, dryRun);
        this.log(`${objectName(kind, object.metadata.name)} ${outcome}${dryRun ? ' (dry run)' : ''}`);
        for (const line of pinned) this.log(`  ${line}`);
      }
    } finally {
      transport.close();
    }
  }
}

async function planned(written: Written, imagesFolder: string): Promise<Planned> {
  const { object, pinned } = await pinImages(written.object, imagesFolder);
  return { ...written, object: object as Written['object'], pinned };
}

/** What the server refuses of the whole input (immutable fields, kinds of a namespace …), before anything is written. */
async function mistakesOf(client: Client, plan: Planned[]): Promise<ManifestError[]> {
  const mistakes: ManifestError[] = [];
  for (const each of plan)
    try {
      await attempt(client, each, plan, true);
    } catch (error) {
      if (!isApiError(error) || error.status.code >= 500 || error.status.code === 401) throw error;
      const causes = isInvalid(error) || isBadRequest(error) ? error.status.details?.causes : undefined;
      if (!causes?.length) mistakes.push(each.mistake(undefined, error.message));
      for (const { field, message } of causes ?? [])
        mistakes.push(each.mistake(field, message ?? error.message));
    }
  return mistakes;
}

async function attempt(
  client: Client,
  each: Pick<Written, 'object' | 'kind'>,
  plan: Planned[],
  dryRun: boolean,
) {
  try {
    return await applyObject(client, each.object, each.kind, { dryRun });
  } catch (error) {
    // A dry run cannot know of a namespace that this very input is about to make.
    const { namespace } = each.object.metadata;
    const isToBeMade = plan.some(
      ({ kind, object }) => kind.kind === 'Namespace' && object.metadata.name === namespace,
    );
    if (dryRun && isNotFound(error) && isToBeMade) return 'created';
    throw error;
  }
}
