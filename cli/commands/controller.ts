import { readFile } from 'node:fs/promises';
import { KithCommand } from '../command.ts';
import { CliError, exitCodes } from '../errors.ts';
import { Home } from '../home.ts';
import { memberFiles } from '../founding.ts';
import { memberOf, programTools, requireCluster } from '../program.ts';
import { keyId, readKeyPair } from '../../swarm/keys.ts';
import { onShutdown } from '../../process/shutdown.ts';
import { tellReady } from '../../process/child.ts';
import { settle } from '../../process/settle.ts';
import { defaultPorts } from '../../process/ports.ts';

export default class ControllerCommand extends KithCommand {
  static override hidden = true;
  static override description = "Run the control plane of this home's cluster. (kith up runs it by itself.)";
  static override examples = ['<%= config.bin %> controller'];

  async run(): Promise<void> {
    await this.parse(ControllerCommand);
    const home = new Home();
    const record = requireCluster(home);
    if (record.role !== 'founder')
      throw new CliError(
        'KITH_NOT_FOUNDER',
        `this home joined "${record.name}"; its controller runs elsewhere`,
        { exit: exitCodes.wrongInput },
      );
    const { runController } = await import('../../controller/main.ts');
    const tools = programTools('controller');
    const controller = await runController({
      ...tools,
      member: memberOf(home, record, 'controller'),
      delegation: JSON.parse(await readFile(home.file('keys', 'controller.delegation'), 'utf8')),
      clusterName: record.name,
      reservedNames: new Set([record.member, `${record.member}-gateway`, `${record.member}-controller`]),
      founderKey: keyId((await readKeyPair(memberFiles(home, 'person').keyFile)).publicKey),
      folder: home.folder('controller'),
      doorKeyFile: home.file('keys', 'door.key'),
      apiPort: record.ports.api ?? defaultPorts.api,
    });
    onShutdown(() => controller.stop());
    settle(tools.clock);
    tellReady({ port: controller.port });
  }
}
