import { KithCommand } from '../command.ts';

export default class Version extends KithCommand {
  static override description = 'Show the version of kith and of what it runs on.';
  static override examples = ['<%= config.bin %> version'];

  async run(): Promise<void> {
    this.log(`kith ${this.config.version}`);
    this.log(`node ${process.versions.node} ${process.platform}-${process.arch}`);
  }
}
