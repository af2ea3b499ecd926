import { systemClock } from '../../process/clock.ts';
import { systemRandom } from '../../process/random.ts';
import { onShutdown } from '../../process/shutdown.ts';
import { KithCommand } from '../command.ts';
import { connect } from '../connection.ts';
import { Home } from '../home.ts';
import { requireCluster } from '../program.ts';

export default class Top extends KithCommand {
  static override description =
    'Watch hosts, pods and events live; without a terminal, print a line whenever something changes.';
  static override examples = ['<%= config.bin %> top', '<%= config.bin %> top | tee watch.log'];

  async run(): Promise<void> {
    await this.parse(Top);
    const home = new Home();
    const record = requireCluster(home);
    const { client, transport } = connect(home);
    const { Source } = await import('../ui/source.ts');
    const source = new Source({
      client,
      transport,
      clock: systemClock,
      random: systemRandom,
      cluster: record.name,
    });
    if (process.stdout.isTTY && process.stdin.isTTY) {
      const { showTop } = await import('../ui/top.tsx');
      await showTop(source);
      await source.stop();
      transport.close();
      return;
    }
    const { statusLine } = await import('../ui/status-lines.ts');
    let last = '';
    source.onDraw(() => {
      const line = statusLine(source.screen());
      if (line !== last) this.log(`${systemClock.date().toISOString()} ${line}`);
      last = line;
    });
    onShutdown(async () => {
      await source.stop();
      transport.close();
    });
  }
}
