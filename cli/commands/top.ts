import { resolve } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { systemClock } from '../../process/clock.ts';
import { systemRandom } from '../../process/random.ts';
import { onShutdown } from '../../process/shutdown.ts';
import { KithCommand } from '../command.ts';
import { connect } from '../connection.ts';
import { Home } from '../home.ts';
import type { Source } from '../ui/source.ts';

export default class Top extends KithCommand {
  static override description =
    'Watch hosts, pods and events live; without a terminal, print a line whenever something changes.';
  static override examples = ['<%= config.bin %> top', '<%= config.bin %> top | tee watch.log'];

  async run(): Promise<void> {
    await this.parse(Top);
    this.endWithReader();
    const home = new Home();
    const record = home.cluster();
    const { client, transport, server } = connect(home);
    const { Source } = await import('../ui/source.ts');
    const source = new Source({
      client,
      transport,
      clock: systemClock,
      random: systemRandom,
      cluster: record?.name ?? server,
      access: {
        apps: record?.ports.gateway ? `http://localhost:${record.ports.gateway}/` : undefined,
        home: resolve(home.path),
        kubeconfig: resolve(home.kubeconfig),
      },
    });
    const stop = async () => {
      await source.stop();
      transport.close();
    };
    if (!process.stdout.isTTY || !process.stdin.isTTY) return this.#printLines(source, stop);
    // Frames are short-lived: without this the space for such grows, and 10,000 pods take 230 MB instead of 150.
    setFlagsFromString('--semi-space-growth-factor=1');
    // React's development build, which is its default, takes twice the time for a frame.
    process.env['NODE_ENV'] ??= 'production';
    const { showTop } = await import('../ui/top.tsx');
    await showTop(source, process.env);
    await stop();
  }

  /** For pipes and files: a line for each state, not for each second. */
  async #printLines(source: Source, stop: () => Promise<void>): Promise<void> {
    const { statusLine } = await import('../ui/status-lines.ts');
    let last = '';
    source.onDraw(() => {
      const line = statusLine(source.screen());
      if (line !== last) this.log(`${systemClock.date().toISOString()} ${line}`);
      last = line;
    });
    onShutdown(stop);
  }
}
