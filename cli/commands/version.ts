import { Flags } from '@oclif/core';
import { KithCommand } from '../command.ts';

export default class Version extends KithCommand {
  static override description = 'Show the version of kith and of what it runs on.';
  static override examples = ['<%= config.bin %> version', '<%= config.bin %> version -o json'];
  static override flags = {
    output: Flags.string({
      char: 'o',
      options: ['text', 'json'],
      default: 'text',
      description: 'for machines',
    }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Version);
    const { version: kith } = this.config;
    const { node } = process.versions;
    const platform = `${process.platform}-${process.arch}`;
    if (flags.output === 'json') return this.event({ kith, node, platform });
    this.log(`kith ${kith}`);
    this.log(`node ${node} ${platform}`);
  }
}
