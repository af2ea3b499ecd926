import { Flags } from '@oclif/core';

/** Flags that mean the same in every command that has them, and the same as in kubectl. */
export const namespaceFlag = Flags.string({ char: 'n', description: 'namespace', default: 'default' });
export const allNamespacesFlag = Flags.boolean({ char: 'A', description: 'all namespaces' });
export const selectorFlag = Flags.string({ char: 'l', description: 'label selector: app=hello,tier!=db' });
export const filesFlag = Flags.string({
  char: 'f',
  multiple: true,
  description:
    'file, folder (its .yaml, .yml and .json files) or - for standard input; may be given several times',
});
