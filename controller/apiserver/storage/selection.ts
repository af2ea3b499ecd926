import type { Kind } from '../../../api/kinds.ts';
import { parseFieldSelector, parseLabelSelector, selects, selectsFields } from '../../../api/selectors.ts';
import type { KubeObject } from '../../../client/client.ts';

/** Which objects of a collection a caller wants. */
export interface Selection {
  /** Whether it takes them all, so that what is left can be counted without looking. */
  readonly all: boolean;
  matches(object: KubeObject): boolean;
}

export const everything: Selection = { all: true, matches: () => true };

/** @throws ApiError (bad request) that shows what cannot be understood, or which field cannot be selected by */
export function selectionOf(kind: Kind, labelSelector = '', fieldSelector = ''): Selection {
  const labels = parseLabelSelector(labelSelector);
  const fields = parseFieldSelector(fieldSelector, kind);
  if (labels.length === 0 && fields.length === 0) return everything;
  return {
    all: false,
    matches: (object) =>
      (labels.length === 0 || selects(labels, object.metadata?.labels)) &&
      (fields.length === 0 || selectsFields(fields, object, kind)),
  };
}
