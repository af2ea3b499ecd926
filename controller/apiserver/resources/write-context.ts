import { controllerUser, type User } from '../users.ts';
import type { PodPart } from './pod-parts.ts';
import type { Strictness } from './strictness.ts';

export type Subresource = 'status' | 'scale' | 'binding' | 'eviction' | 'finalize' | 'approval' | PodPart;

/** How a write is meant. */
export interface WriteContext extends Strictness {
  user: User;
  dryRun: boolean;
  /** A dry run of what is to lie in a namespace that its writer makes first: that it is not there yet is no mistake. */
  isNamespaceToCome?: boolean;
  /** Whose the fields become that the write changes: what the caller calls itself. */
  fieldManager: string;
  /** Of an apply: takes what others own. @default false */
  force?: boolean;
}

/** What the server itself writes. */
export const ownContext: Readonly<WriteContext> = {
  user: controllerUser,
  dryRun: false,
  fieldValidation: 'Strict',
  fieldManager: 'kith-apiserver',
  warn: () => {},
};
