import { Flags } from '@oclif/core';
import { KithCommand } from '../command.ts';

export default class Hub extends KithCommand {
  static override description =
    'Run DHT nodes of your own, so that a cluster needs no public ones. (Relaying for hosts without UDP is not part of this version.)';
  static override examples = [
    '<%= config.bin %> hub --host 127.0.0.1',
    '<%= config.bin %> hub --host 203.0.113.7 --port 49737',
  ];
  static override flags = {
    host: Flags.string({
      description: 'address under which members reach this hub; 127.0.0.1 keeps it on this machine',
      default: '127.0.0.1',
    }),
    port: Flags.integer({
      description: 'first of the consecutive UDP ports (default: any free ones)',
      min: 1,
      max: 65_000,
    }),
    nodes: Flags.integer({ description: 'how many DHT nodes to run', default: 12, min: 3, max: 64 }),
    output: Flags.string({
      char: 'o',
      options: ['text', 'json'],
      default: 'text',
      description: 'how to say that it serves',
    }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Hub);
    const [{ startHub }, { onShutdown }] = await Promise.all([
      import('../../swarm/hub.ts'),
      import('../../process/shutdown.ts'),
    ]);
    const hub = await startHub({ host: flags.host, port: flags.port, count: flags.nodes });
    onShutdown(() => hub.close());
    const bootstrap = hub.bootstrap.join(',');
    if (flags.output === 'json') this.event({ event: 'ready', bootstrap });
    else {
      this.log(`${hub.bootstrap.length} DHT nodes serve. Found a cluster on them with:`);
      this.log(`  kith up --bootstrap ${bootstrap}`);
    }
  }
}
