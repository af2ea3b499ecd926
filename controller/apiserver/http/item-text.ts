import type { Kind } from '../../../api/kinds.ts';
import type { Entry } from '../../store/store.ts';
import { isShownAsStored, served } from '../custom/served.ts';
import type { Resource } from '../resources/metadata.ts';

/** How each stored object begins (`atRevision`), but for those that an older kith has written. */
const beginning = ({ apiVersion, kind }: Kind) =>
  `{"apiVersion":${JSON.stringify(apiVersion)},"kind":${JSON.stringify(kind)},`;
const metadataKey = '"metadata":';

/** A stored object of a kind as an item of its list: without `kind` and `apiVersion`, which the list says for all. */
export function itemText(kind: Kind, entry: Entry): string {
  const begun = beginning(kind);
  if (entry.json.startsWith(begun)) return `{${entry.json.slice(begun.length)}`;
  const { kind: _kind, apiVersion: _apiVersion, ...rest } = entry.value as Resource;
  return JSON.stringify(rest);
}

/** An object's `metadata` alone, with a kind of its own. */
export function partialText(kind: Kind, entry: Entry): string {
  return `{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1","metadata":${metadataText(kind, entry)}}`;
}

/** How many letters of an entry are its `metadata`: counted once. */
const metadataCharacters = new WeakMap<Entry, number>();

function metadataText(kind: Kind, entry: Entry): string {
  const begun = beginning(kind) + metadataKey;
  if (!isShownAsStored(kind) || !entry.json.startsWith(begun))
    return JSON.stringify(served(kind, entry.value as Resource).metadata);
  let characters = metadataCharacters.get(entry);
  if (characters === undefined) {
    characters = JSON.stringify((entry.value as Resource).metadata).length;
    metadataCharacters.set(entry, characters);
  }
  return entry.json.slice(begun.length, begun.length + characters);
}
