import { KithCommand } from '../command.ts';
import { Home } from '../home.ts';
import { stopRunning } from '../running.ts';
import { CliError, exitCodes } from '../errors.ts';

export default class Down extends KithCommand {
  static override description =
    'Stop what runs from this home folder (kith up or kith join). Nothing is deleted: kith up resumes it.';
  static override examples = ['<%= config.bin %> down'];

  async run(): Promise<void> {
    const home = new Home();
    if (!home.cluster())
      throw new CliError('KITH_NO_CLUSTER', `there is no cluster in ${home.path}`, {
        next: 'kith up',
        exit: exitCodes.wrongInput,
      });
    if (!(await stopRunning(home))) return this.log('nothing runs here.');
    this.log('stopped. The cluster and its apps are kept: kith up resumes them.');
  }
}
