import type { Kind } from '../../../api/kinds.ts';
import { tableOf } from '../../../api/tables/tables.ts';
import type { Listing } from '../resources/reader.ts';
import type { Resource } from '../resources/metadata.ts';
import type { Notice } from '../storage/watch-stream.ts';
import type { Representation } from './accept.ts';

export type IncludeObject = 'None' | 'Metadata' | 'Object';

export interface Shown {
  representation: Representation;
  /** How much of each object a Table's rows carry. */
  includeObject: IncludeObject;
  now: Date;
}

/** One object as the caller wants to see it. */
export function showObject(kind: Kind, object: Resource, shown: Shown): object {
  switch (shown.representation.as) {
    case 'Table':
      return table(kind, [object], shown, versionOf(object));
    case 'PartialObjectMetadata':
      return partial(object);
    default:
      return object;
  }
}

/** A list as the caller wants to see it. Items carry no kind of their own, as on any Kubernetes. */
export function showListing(kind: Kind, { items, metadata }: Listing, shown: Shown): object {
  switch (shown.representation.as) {
    case 'Table':
      return table(kind, items, shown, metadata);
    case 'PartialObjectMetadata':
      return {
        kind: 'PartialObjectMetadataList',
        apiVersion: 'meta.k8s.io/v1',
        metadata,
        items: items.map(partial),
      };
    default:
      return {
        kind: kind.custom?.listKind ?? `${kind.kind}List`,
        apiVersion: kind.apiVersion,
        // Of custom resources Kubernetes says also that nothing follows.
        metadata: kind.custom ? { continue: '', ...metadata } : metadata,
        // Of custom resources each item says what it is.
        items: kind.custom ? items : items.map(withoutKind),
      };
  }
}

/** A watch's notice, where it is not sent as it is. Only the first Table of a watch describes its columns. */
export function showNotice(kind: Kind, { type, object }: Notice, shown: Shown, isFirst: boolean): object {
  if (shown.representation.as !== 'Table') return { type, object: partial(object) };
  const metadata = versionOf(object);
  if (type === 'BOOKMARK')
    return {
      type,
      object: {
        kind: 'Table',
        apiVersion: 'meta.k8s.io/v1',
        metadata: object.metadata,
        columnDefinitions: null,
        rows: [],
      },
    };
  const whole = table(kind, [object], shown, metadata);
  return { type, object: isFirst ? whole : { ...whole, columnDefinitions: null } };
}

/** What was only tried has none. */
function versionOf({ metadata }: Resource): object {
  return metadata?.resourceVersion ? { resourceVersion: metadata.resourceVersion } : {};
}

function table(kind: Kind, objects: Resource[], { includeObject, now }: Shown, metadata: object): object {
  return tableOf(kind, objects, { now, includeObject, metadata });
}

export function withoutKind({ kind: _kind, apiVersion: _apiVersion, ...rest }: Resource): object {
  return rest;
}

function partial({ metadata }: Resource): object {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata };
}
