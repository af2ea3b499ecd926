import { Args, Flags } from '@oclif/core';
import { spawn } from 'node:child_process';
import { isNotFound } from '../../api/errors.ts';
import type { Service } from '../../api/types.ts';
import { appUrl } from '../../gateway/host.ts';
import { KithCommand } from '../command.ts';
import { connect } from '../connection.ts';
import { CliError, exitCodes } from '../errors.ts';
import { namespaceFlag } from '../flags.ts';
import { Home } from '../home.ts';
import { requireCluster } from '../program.ts';
import { get } from '../../process/http.ts';

/** An app that does not answer by then has a page of the gateway's that says why. */
const answerMsMax = 5_000;

export default class Open extends KithCommand {
  static override description =
    'Open an app in the browser; without a terminal, print its URL. The URL is tried first.';
  static override examples = ['<%= config.bin %> open hello', '<%= config.bin %> open hello --print'];
  static override args = { service: Args.string({ required: true, description: 'name of the Service' }) };
  static override flags = {
    namespace: namespaceFlag,
    print: Flags.boolean({ description: 'print the URL only' }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Open);
    const home = new Home();
    const { role, ports } = requireCluster(home);
    const port = ports.gateway;
    // Without one of ours, whatever listens on the usual port is somebody else's.
    if (port === undefined)
      throw new CliError('KITH_NO_GATEWAY', 'this home has no gateway: it lends a machine', {
        next: 'kith open on a machine that runs kith up, or that joined with an invite for users',
        exit: exitCodes.wrongInput,
      });
    if (role === 'founder') {
      const { client, transport } = connect(home);
      try {
        await client.get<Service>({ kind: 'Service', namespace: flags.namespace, name: args.service });
      } catch (error) {
        // With the controller away the gateway serves on from what it knew: the URL is tried all the same.
        if (isNotFound(error)) throw error;
      } finally {
        transport.close();
      }
    }
    const url = appUrl(args.service, flags.namespace, port);
    const status = await tried(port, new URL(url).host);
    if (status === undefined || status === 421)
      throw new CliError('KITH_NO_GATEWAY', `no gateway answers on port ${port} of this machine`, {
        next: role === 'founder' ? 'kith up' : 'kith join',
      });
    if (status >= 500) process.stderr.write(`${args.service} answered ${status}: its page says why.\n`);
    this.log(url);
    if (flags.print || !process.stdout.isTTY) return;
    const opener = process.platform === 'darwin' ? 'open' : 'xdg-open';
    spawn(opener, [url], { stdio: 'ignore', detached: true })
      .once('error', () => process.stderr.write(`No ${opener} on this machine: open the URL by hand.\n`))
      .unref();
  }
}

/** The status with which the app answers; undefined if no gateway listens. Connects to loopback itself, whatever the resolver knows. */
function tried(port: number, host: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const request = get(
      { host: '127.0.0.1', port, path: '/', headers: { host }, timeout: answerMsMax },
      (response) => {
        resolve(response.statusCode);
        response.destroy();
      },
    );
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(undefined));
  });
}
