import { rmSync } from 'node:fs';
import { callControl } from '../../process/control.ts';
import { onShutdown } from '../../process/shutdown.ts';
import { KithCommand } from '../command.ts';
import { CliError, exitCodes } from '../errors.ts';
import { Home } from '../home.ts';
import { requireCluster } from '../program.ts';
import { runHost } from '../run-host.ts';

/** What a membership consists of, under the home folder; nothing else is removed. */
const membershipFiles = ['agent', 'keys', 'images', 'gateway.json', 'lend.json', 'cluster.json'];

export default class Leave extends KithCommand {
  static override description =
    "Leave the cluster for good: its apps move to other hosts, then this machine's membership, images and app data are removed.";
  static override examples = ['<%= config.bin %> leave'];

  async run(): Promise<void> {
    await this.parse(Leave);
    const home = new Home();
    const record = requireCluster(home);
    if (record.role === 'founder')
      throw new CliError(
        'KITH_FOUNDER',
        `this home founded "${record.name}"; its key and store are here, so it cannot leave`,
        {
          next: 'kith down stops it',
          exit: exitCodes.wrongInput,
        },
      );
    if (record.role === 'host') {
      this.log(`Leaving "${record.name}": its apps end here and start elsewhere …`);
      const answer = (await callControl(home.path, 'agent', 'leave')) ?? (await this.#leaveFromHere(home));
      const { forced } = answer as { forced: number };
      if (forced > 0) this.log(`${forced} pods did not end in time and were stopped.`);
    }
    for (const file of membershipFiles) rmSync(home.file(file), { recursive: true, force: true });
    this.log(`Left. Removed from ${home.path}: ${membershipFiles.join(', ')}.`);
  }

  /** The host does not run: it is started for as long as it takes to say goodbye. */
  async #leaveFromHere(home: Home): Promise<unknown> {
    const agent = await runHost(home, requireCluster(home));
    onShutdown(() => agent.stop());
    await agent.registered;
    const answer = await callControl(home.path, 'agent', 'leave');
    await agent.stop();
    return answer;
  }
}
