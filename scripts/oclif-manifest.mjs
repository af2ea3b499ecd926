/** Writes oclif.manifest.json, the list of commands with their flags, from what is built. scripts/setup.mjs calls it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Config } from '@oclif/core';
import { root } from './setup.mjs';

const config = await Config.load({ root, ignoreManifest: true, errorOnManifestCreate: true });
const plugin = [...config.plugins.values()][0];
writeFileSync(join(root, 'oclif.manifest.json'), `${JSON.stringify(plugin.manifest)}\n`);
