import { KithCommand } from '../command.ts';
import { connect } from '../connection.ts';
import { CliError, exitCodes } from '../errors.ts';
import { Home } from '../home.ts';
import { runUnder } from '../packaged-node.ts';

/** What of helm asks no cluster. */
const offline = new Set(
  'completion create dependency env help lint package plugin pull push registry repo search show template verify version'.split(
    ' ',
  ),
);

export default class Chart extends KithCommand {
  static override description =
    "Hand over to the installed helm, with this home's cluster as its context: all that helm knows follows, as it does there. Charts that come with kith are known by their name.";
  static override examples = [
    '<%= config.bin %> chart                       # the charts that come with kith',
    '<%= config.bin %> chart install hello web --set image.repository=hello --wait',
    '<%= config.bin %> chart upgrade hello web --reuse-values --set replicaCount=3',
    '<%= config.bin %> chart rollback hello 1',
    '<%= config.bin %> chart test hello',
    '<%= config.bin %> chart status hello -n default',
    '<%= config.bin %> chart list --all-namespaces',
    '<%= config.bin %> chart show values web',
    '<%= config.bin %> chart install ours ./my-chart',
    '<%= config.bin %> chart uninstall hello',
  ];
  static override usage = 'chart [HELM COMMAND…]';
  /** helm judges its words. */
  static override strict = false;

  async run(): Promise<void> {
    // Not parsed: what looks like a flag is helm's.
    const words = this.argv;
    const { shippedCharts, helmWords, helmEnvironment } = await import('../charts.ts');
    const charts = shippedCharts();
    const [verb] = words;
    if (verb === undefined) {
      const width = Math.max(...charts.map(({ name }) => name.length));
      for (const { name, description } of charts) this.log(`${name.padEnd(width)}  ${description}`);
      process.stderr.write('Try: kith chart install NAME, kith chart show readme NAME\n');
      return;
    }
    const home = new Home();
    // Says what is missing in the words of kith: helm would look for a cluster elsewhere.
    if (!offline.has(verb)) connect(home).transport.close();
    const paths = new Map(charts.map(({ name, path }) => [name, path]));
    const ended = await runUnder('helm', helmWords(words, paths), {
      env: helmEnvironment(process.env, home.kubeconfig),
      isLeashed: false,
    }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      throw new CliError('KITH_NO_HELM', 'there is no helm on the PATH, to which kith chart hands over', {
        next: 'install Helm 3 or 4: https://helm.sh/docs/intro/install (in a clone of kith also: node scripts/peers.mjs helm)',
        exit: exitCodes.wrongInput,
        cause: error,
      });
    });
    // A shell tells apart what ended by itself and what a signal ended.
    if (typeof ended === 'string') process.kill(process.pid, ended);
    process.exit(typeof ended === 'number' ? ended : exitCodes.failed);
  }
}
