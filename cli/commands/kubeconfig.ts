import { Flags } from '@oclif/core';
import { kubeconfigPath, withContext, writeContext as writeInto } from '../../client/kubeconfig.ts';
import { KithCommand } from '../command.ts';
import { CliError, exitCodes } from '../errors.ts';
import { Home } from '../home.ts';
import { contextOfHome, writeContext } from '../kubeconfig.ts';
import { requireCluster } from '../program.ts';

export default class Kubeconfig extends KithCommand {
  static override description =
    "Print a kubeconfig for kubectl, Helm and k9s, or write its context into the one you use. The founder's may do everything, a joined machine's what its owner may, one for --user what roles let that user do.";
  static override examples = [
    '<%= config.bin %> kubeconfig > kith.yaml',
    '<%= config.bin %> kubeconfig --write',
    '<%= config.bin %> kubeconfig --user ben --group writers --expires 30d > ben.yaml',
    '<%= config.bin %> kubeconfig --revoke ben',
  ];
  static override flags = {
    write: Flags.boolean({
      description: 'into $KUBECONFIG or ~/.kube/config; other contexts stay as they are',
    }),
    user: Flags.string({
      description: 'with a new certificate for a user of this name',
    }),
    group: Flags.string({
      description: 'a group that the user is in; may be given several times',
      multiple: true,
      dependsOn: ['user'],
    }),
    expires: Flags.string({
      description: 'how long the certificate counts: 1h, 30d (default: 30d)',
      dependsOn: ['user'],
    }),
    revoke: Flags.string({
      description: 'end all certificates of this user, and what they are connected by',
      exclusive: ['user', 'write'],
    }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Kubeconfig);
    const home = new Home();
    const record = requireCluster(home);
    const isAboutUsers = flags.user !== undefined || flags.revoke !== undefined;
    if (record.role !== 'founder' && isAboutUsers)
      throw new CliError(
        'KITH_NO_API',
        `this machine joined "${record.name}": certificates of users are given out by the founder`,
        { next: "kith kubeconfig --user on the founder's machine", exit: exitCodes.wrongInput },
      );
    if (flags.revoke !== undefined) return this.#revoke(home, flags.revoke);
    if (flags.user !== undefined)
      return this.#issue(home, {
        user: flags.user,
        groups: flags.group ?? [],
        expires: flags.expires ?? '30d',
        write: flags.write,
      });
    if (!flags.write)
      return void process.stdout.write(
        withContext('', await contextOfHome(home, record), { makeCurrent: true }),
      );
    const { name, file } = await writeContext(home, record);
    this.log(`context ${name} is in ${file}`);
  }

  async #issue(
    home: Home,
    wish: { user: string; groups: string[]; expires: string; write: boolean },
  ): Promise<void> {
    const { userContext } = await import('../user-certificate.ts');
    const { context, expiresAt } = await userContext(home, wish);
    const until = `until ${expiresAt.toISOString()}`;
    if (wish.write) {
      const file = kubeconfigPath();
      await writeInto(file, context);
      return this.log(`context ${context.name} is in ${file}, ${until}`);
    }
    process.stderr.write(`For ${wish.user}, ${until}. Whoever has it is ${wish.user}.\n`);
    process.stdout.write(withContext('', context, { makeCurrent: true }));
  }

  async #revoke(home: Home, user: string): Promise<void> {
    const { revokeUser } = await import('../user-certificate.ts');
    const count = await revokeUser(home, user);
    this.log(count === 0 ? `${user} has no certificate` : `${count} of ${user} revoked`);
  }
}
