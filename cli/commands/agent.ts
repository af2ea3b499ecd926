import { KithCommand } from '../command.ts';
import { CliError, exitCodes } from '../errors.ts';
import { Home } from '../home.ts';
import { requireCluster } from '../program.ts';
import { runHost } from '../run-host.ts';
import { systemClock } from '../../process/clock.ts';
import { settle } from '../../process/settle.ts';
import { onShutdown } from '../../process/shutdown.ts';
import { tellReady } from '../../process/child.ts';

export default class AgentCommand extends KithCommand {
  static override hidden = true;
  static override description =
    'Run the host program of this home. (kith up and kith join run it by themselves.)';
  static override examples = ['<%= config.bin %> agent'];

  async run(): Promise<void> {
    await this.parse(AgentCommand);
    const home = new Home();
    const record = requireCluster(home);
    if (record.role === 'user')
      throw new CliError(
        'KITH_NOT_A_HOST',
        `this home joined "${record.name}" to open apps, not to lend a machine`,
        {
          next: 'kith gateway; or ask for kith invite --role host',
          exit: exitCodes.wrongInput,
        },
      );
    const agent = await runHost(home, record, 'kith agent');
    settle(systemClock);
    const shut = onShutdown(() => agent.stop());
    agent.onLeave(() => shut('kith leave'));
    await agent.registered;
    tellReady({ node: agent.nodeName, isolation: agent.isolation });
  }
}
