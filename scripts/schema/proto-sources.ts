import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The modules of the Kubernetes that kith says it is. */
const modules = ['api', 'apimachinery', 'apiextensions-apiserver'].map((name) => `k8s.io/${name}@v0.33.13`);

/** What Go says of a field. */
interface Tag {
  /** In JSON. */
  name: string;
  /** Its own fields stand beside it in JSON. */
  inline: boolean;
  /** A zero is told from nothing in JSON. */
  keepsZero: boolean;
}

/** A field as its message declares it. */
export interface Declared {
  name: string;
  number: string;
  /** `string`, `PodSpec`, `.k8s.io.api.core.v1.PodSpec`; of a map, that of its values. */
  proto: string;
  repeated: boolean;
  map: boolean;
  tag?: Tag;
}

/** Every message of the modules, by its full name. Needs Go. @throws where a map has other keys than text */
export function readSources(): Map<string, { fields: Declared[] }> {
  const found = new Map<string, { fields: Declared[] }>();
  for (const module of modules) {
    const said = execFileSync('go', ['mod', 'download', '-json', module], { encoding: 'utf8' });
    const { Dir } = JSON.parse(said) as { Dir: string };
    for (const file of readdirSync(Dir, { recursive: true, encoding: 'utf8' }))
      if (file.endsWith('generated.proto')) readFolder(join(Dir, file), found);
  }
  return found;
}

function readFolder(file: string, found: Map<string, { fields: Declared[] }>) {
  const text = readFileSync(file, 'utf8');
  const home = /^package ([\w.]+);/m.exec(text)![1]!;
  const tags = tagsIn(join(file, '..'));
  for (const [, message, body] of text.matchAll(/^message (\w+) \{\n([\s\S]*?)^\}/gm)) {
    const fields: Declared[] = [];
    for (const [, how, keys, type, name, number] of body!.matchAll(
      /^ {2}(?:(optional|repeated) |map<(\w+), )([\w.]+)>? (\w+) = (\d+)( \[.*\])?;/gm,
    )) {
      if (keys && keys !== 'string') throw new Error(`${message}.${name} has keys that are no text`);
      const tag = tags.get(`${message} ${number}`);
      const declared = {
        name: name!,
        number: number!,
        proto: type!,
        repeated: how === 'repeated',
        map: Boolean(keys),
      };
      fields.push({ ...declared, ...(tag && { tag }) });
    }
    found.set(`${home}.${message}`, { fields });
  }
}

/** What the structs of a folder say, by `Struct number`. */
function tagsIn(folder: string): Map<string, Tag> {
  const tags = new Map<string, Tag>();
  for (const file of readdirSync(folder)) {
    if (!file.endsWith('.go') || /_test\.go$|^zz_|\.pb\.go$/.test(file)) continue;
    const text = readFileSync(join(folder, file), 'utf8');
    for (const [, struct, body] of text.matchAll(/^type (\w+) struct \{\n([\s\S]*?)^\}/gm))
      for (const [, type, said] of body!.matchAll(/^\t(?:\w+[ \t]+)?(\S+)[ \t]+`([^`]*)`/gm)) {
        const number = /protobuf:"\w+,(\d+),/.exec(said!)?.[1];
        const [name, ...options] = (/json:"([^"]*)"/.exec(said!)?.[1] ?? '').split(',');
        if (!number) continue;
        tags.set(`${struct} ${number}`, {
          name: name!,
          inline: options.includes('inline'),
          keepsZero: type!.startsWith('*') || !options.includes('omitempty'),
        });
      }
  }
  return tags;
}
