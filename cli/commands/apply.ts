import { Flags } from '@oclif/core';
import { applyPlan, mistakesBetween, mistakesOf, type Planned } from '../apply-plan.ts';
import { KithCommand } from '../command.ts';
import { connect } from '../connection.ts';
import { CliError, exitCodes } from '../errors.ts';
import { filesFlag, namespaceFlag } from '../flags.ts';
import { Home } from '../home.ts';
import { loadManifests, refuseIfAny, type Written } from '../manifests.ts';
import { pinImages } from '../pin-images.ts';

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
      refuseIfAny([...mistakesBetween(plan), ...(await mistakesOf(client, plan))], 'applied');
      await applyPlan(client, plan, { dryRun: flags['dry-run'], say: (line) => this.log(line) });
    } finally {
      transport.close();
    }
  }
}

async function planned(written: Written, imagesFolder: string): Promise<Planned> {
  const { object, pinned } = await pinImages(written.object, imagesFolder);
  return { ...written, object: object as Written['object'], pinned };
}
