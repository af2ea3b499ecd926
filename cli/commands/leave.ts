import { Flags } from '@oclif/core';
import { within } from '../../process/bounded.ts';
import { systemClock } from '../../process/clock.ts';
import { callControl } from '../../process/control.ts';
import { onShutdown } from '../../process/shutdown.ts';
import { KithCommand } from '../command.ts';
import { CliError, exitCodes } from '../errors.ts';
import { Home, type ClusterRecord } from '../home.ts';
import { sayingSo } from '../looking.ts';
import { removeMembership } from '../membership.ts';
import { quietProgramTools, requireCluster } from '../program.ts';
import { runHost } from '../run-host.ts';
import { lockHome, runningIn, stopRunning, untilEnded } from '../running.ts';

/** A controller that runs is found well within this. */
const registerMsMax = 20_000;

export default class Leave extends KithCommand {
  static override description =
    "Leave the cluster for good: its apps move to other hosts, then this machine's membership, images and app data are removed.";
  static override examples = ['<%= config.bin %> leave', '<%= config.bin %> leave --force'];
  static override flags = {
    force: Flags.boolean({
      description: 'remove the membership also where no controller can be told, for a cluster that is gone',
    }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Leave);
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
    if (record.role !== 'host') {
      if (await stopRunning(home)) this.log('What ran here is stopped.');
      lockHome(home, 'kith leave');
    } else if (flags.force) await this.#stopHost(home, record);
    else await this.#sayGoodbye(home, record);
    // Until this process ends the home is ours: nothing can start on what is being removed.
    const { removed, kept } = removeMembership(home);
    this.log(`Left. Removed from ${home.path}: ${removed.join(', ')}.`);
    if (kept.length > 0) this.log(`Not kith's, and still there: ${kept.join(', ')}.`);
    if (record.role === 'host' && flags.force)
      this.log(
        `The controller of "${record.name}" was not told. If it ever runs again it shows this host as NotReady or Unknown, until somebody there types: kubectl delete node ${record.member}`,
      );
  }

  /** With the controller's knowledge: the apps move first. Resolves when no program runs from this home any more. */
  async #sayGoodbye(home: Home, record: ClusterRecord): Promise<void> {
    this.log(`Leaving "${record.name}": its apps end here and start elsewhere …`);
    const answer = await this.#leaveWhereItRuns(home, record);
    if (answer) {
      await untilEnded(home);
      lockHome(home, 'kith leave');
    }
    const { forced } = answer ?? (await this.#leaveFromHere(home, record));
    if (forced > 0) this.log(`${forced} pods did not end in time and were stopped.`);
  }

  async #leaveWhereItRuns(home: Home, record: ClusterRecord): Promise<LeaveAnswer | undefined> {
    try {
      return (await callControl(home.path, 'agent', 'leave')) as LeaveAnswer | undefined;
    } catch (error) {
      throw notLeft(record, (error as Error).message, error);
    }
  }

  /** The host does not run: it is started for as long as it takes to say goodbye. */
  async #leaveFromHere(home: Home, record: ClusterRecord): Promise<LeaveAnswer> {
    if (runningIn(home))
      throw new CliError('KITH_STARTING', 'this host is just starting', { next: 'kith leave once more' });
    lockHome(home, 'kith leave');
    const agent = await runHost(home, record, 'kith leave', quietProgramTools(home, 'agent'));
    onShutdown(() => agent.stop());
    try {
      const seconds = registerMsMax / 1000;
      const registered = within(systemClock, registerMsMax, agent.registered, () =>
        notLeft(record, `no controller of "${record.name}" answered within ${seconds} s`),
      );
      const say = (line: string) => this.logToStderr(line);
      await sayingSo(registered, { cluster: record.name, clock: systemClock, say });
      return (await this.#leaveWhereItRuns(home, record)) ?? { forced: 0 };
    } finally {
      await agent.stop();
    }
  }

  /** Without the controller's knowledge. Pods of an agent that was killed may still live: the agent is started to end them. */
  async #stopHost(home: Home, record: ClusterRecord): Promise<void> {
    this.log(`Leaving "${record.name}" without telling its controller: its apps end here …`);
    const stopped = await stopRunning(home);
    lockHome(home, 'kith leave');
    if (stopped) return;
    try {
      const agent = await runHost(home, record, 'kith leave', quietProgramTools(home, 'agent'));
      await agent.stop();
    } catch (error) {
      // A membership that is damaged must not keep anyone from getting rid of it.
      this.logToStderr(`What still ran of its apps could not be ended: ${(error as Error).message}`);
    }
  }
}

interface LeaveAnswer {
  /** Pods that did not end in time. */
  forced: number;
}

function notLeft(record: ClusterRecord, why: string, cause?: unknown): CliError {
  return new CliError('KITH_NOT_LEFT', `"${record.member}" is still a member: ${why}`, {
    next: 'kith leave again when the controller runs; if it is gone for good, kith leave --force',
    cause,
  });
}
