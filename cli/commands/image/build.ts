import { Args, Flags } from '@oclif/core';
import { basename, resolve } from 'node:path';
import { KithCommand } from '../../command.ts';
import { Home } from '../../home.ts';

export default class ImageBuild extends KithCommand {
  static override description =
    'Build a JavaScript HTTP handler into a WebAssembly component and keep it as an image on this machine.';
  static override examples = [
    '<%= config.bin %> image build manifests/hello --tag hello:v1',
    '<%= config.bin %> image build ./my-app   # tagged my-app:latest',
  ];
  static override args = {
    source: Args.string({
      required: true,
      description: 'folder with index.js (or package.json "main"), or one .js file',
    }),
  };
  static override flags = {
    tag: Flags.string({
      char: 't',
      description: "name:tag of the image (default: the folder's name, latest)",
    }),
    output: Flags.string({ char: 'o', options: ['text', 'json'], default: 'text' }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ImageBuild);
    const { imageBuild } = await import('../../../agent/images/build/build.ts');
    const source = resolve(args.source);
    const reference =
      flags.tag ??
      basename(source)
        .replace(/\.[jt]s$/, '')
        .toLowerCase();
    const built = await imageBuild({
      sourceFolder: source,
      reference,
      imagesFolder: new Home().folder('images'),
      onProgress: (line: string) => flags.output === 'text' && process.stderr.write(`${line}\n`),
    });
    if (flags.output === 'json') return this.event({ ...built });
    this.log(`${built.reference}`);
    this.log(`  digest  ${built.digest}`);
    this.log(
      `  size    ${(built.componentBytes / 1e6).toFixed(1)} MB, built in ${(built.ms / 1000).toFixed(1)} s`,
    );
    this.log('Use it: image: ' + built.reference + ' in a manifest, then kith apply -f FILE');
  }
}
