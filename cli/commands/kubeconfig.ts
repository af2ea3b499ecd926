import { Flags } from '@oclif/core';
import { withContext } from '../../client/kubeconfig.ts';
import { KithCommand } from '../command.ts';
import { CliError, exitCodes } from '../errors.ts';
import { Home } from '../home.ts';
import { contextOf, writeContext } from '../kubeconfig.ts';
import { requireCluster } from '../program.ts';

export default class Kubeconfig extends KithCommand {
  static override description =
    'Print a kubeconfig for kubectl, Helm and k9s, or write its context into the one you use.';
  static override examples = [
    '<%= config.bin %> kubeconfig > kith.yaml',
    '<%= config.bin %> kubeconfig --write',
  ];
  static override flags = {
    write: Flags.boolean({
      description: 'into $KUBECONFIG or ~/.kube/config; other contexts stay as they are',
    }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Kubeconfig);
    const home = new Home();
    const record = requireCluster(home);
    if (record.role !== 'founder')
      throw new CliError(
        'KITH_NO_API',
        `this machine joined "${record.name}" and has no API listener of its own in this version`,
        {
          next: "kith kubeconfig on the founder's machine",
          exit: exitCodes.wrongInput,
        },
      );
    if (!flags.write)
      return void process.stdout.write(withContext('', contextOf(home, record), { makeCurrent: true }));
    const { name, file } = await writeContext(home, record);
    this.log(`context ${name} is in ${file}`);
  }
}
