import { KithCommand } from '../command.ts';
import { Home } from '../home.ts';
import { systemClock } from '../../process/clock.ts';
import { holderOf } from '../../process/lock.ts';
import { CliError, exitCodes } from '../errors.ts';

/** Pods end within their grace period; then whoever holds the home is stuck, and the user should know. */
const stopMsMax = 45_000;

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
    const holder = holderOf(home.folder('run'), 'home');
    if (!holder) return this.log('nothing runs here.');
    if (holder.pid === 0)
      throw new CliError('KITH_STARTING', 'a kith is just starting here', { next: 'kith down once more' });
    process.kill(holder.pid, 'SIGTERM');
    const deadline = systemClock.now() + stopMsMax;
    while (holderOf(home.folder('run'), 'home')) {
      if (systemClock.now() > deadline)
        throw new CliError(
          'KITH_STILL_RUNNING',
          `process ${holder.pid} has not stopped after ${stopMsMax / 1000} s`,
          {
            next: `look at ${home.file('logs')}, then kill ${holder.pid}`,
          },
        );
      await systemClock.sleep(50);
    }
    this.log('stopped. The cluster and its apps are kept: kith up resumes them.');
  }
}
