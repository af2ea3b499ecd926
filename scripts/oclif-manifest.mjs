/**
 * Writes oclif.manifest.json, the list of commands with their flags, from what is built. scripts/setup/build.mjs calls it with the
 * folder of a build that is not in its place yet; the list goes into that folder and says `dist`, where it will stand.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Config } from '@oclif/core';
import { root } from './setup.mjs';

const folder = process.argv[2];
if (!folder)
  throw new Error('Say which build: node scripts/oclif-manifest.mjs FOLDER (relative to the root)');
const pjson = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const { commands } = pjson.oclif;
pjson.oclif.commands = { ...commands, target: commands.target.replace(/^\.\/dist\//, `./${folder}/`) };

const config = await Config.load({ root, pjson, ignoreManifest: true, errorOnManifestCreate: true });
const { manifest } = [...config.plugins.values()][0];
for (const command of Object.values(manifest.commands)) {
  const [first, ...path] = command.relativePath;
  if (first !== folder) throw new Error(`${command.id} was read from ${first}/, not from ${folder}/`);
  command.relativePath = ['dist', ...path];
}
writeFileSync(join(root, folder, 'oclif.manifest.json'), `${JSON.stringify(manifest)}\n`);
