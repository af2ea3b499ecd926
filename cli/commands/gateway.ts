import { Flags } from '@oclif/core';
import { KithCommand } from '../command.ts';
import { Home } from '../home.ts';
import { memberOf, programTools, requireCluster } from '../program.ts';
import { lockGateway } from '../running.ts';
import { onShutdown } from '../../process/shutdown.ts';
import { tellReady } from '../../process/child.ts';
import { defaultPorts } from '../../process/ports.ts';

/** A controller that is there has answered by then. */
const firstWordMsMax = 5_000;

export default class GatewayCommand extends KithCommand {
  static override description =
    'Open the apps of the cluster in browsers on this machine. (kith up runs one by itself.)';
  static override examples = ['<%= config.bin %> gateway', '<%= config.bin %> gateway --port 8080'];
  static override flags = {
    port: Flags.integer({ description: 'loopback port', min: 0, max: 65_535 }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(GatewayCommand);
    const home = new Home();
    const record = requireCluster(home);
    lockGateway(home, 'kith gateway');
    const { runGateway } = await import('../../gateway/main.ts');
    const tools = programTools('gateway');
    const gateway = await runGateway({
      ...tools,
      member: memberOf(home, record, 'gateway'),
      controllers: record.controllers,
      port: flags.port ?? record.ports.gateway ?? defaultPorts.gateway,
      directoryFile: home.file('gateway.json'),
    });
    onShutdown(() => gateway.stop());
    // Who reads that it serves opens an app next. With the controller away it serves what it knew.
    await Promise.race([gateway.synced, tools.clock.sleep(firstWordMsMax)]);
    tellReady({ port: gateway.port });
  }
}
