import type { Admission } from '../resources/admission-request.ts';
import { withStoredVersions } from './definition-status.ts';

/** A definition remembers every version that its objects may lie in the store under. */
export const definitionStoresVersions: Admission = ({ kind, object, old }) =>
  kind.type === 'CustomResourceDefinition' ? withStoredVersions(object, old) : object;
