import { Args, Flags } from '@oclif/core';
import { isNotFound } from '../../api/errors.ts';
import type { ObjectRef } from '../../client/client.ts';
import { systemClock } from '../../process/clock.ts';
import { KithCommand } from '../command.ts';
import { connect } from '../connection.ts';
import { CliError, exitCodes } from '../errors.ts';
import { filesFlag, namespaceFlag, selectorFlag } from '../flags.ts';
import { Home } from '../home.ts';
import { loadManifests } from '../manifests.ts';
import { namedResources } from '../resources.ts';

/** Longer than any pod's default grace: what still stands then is stuck. */
const waitMsMax = 60_000;

export default class Delete extends KithCommand {
  static override description = 'Delete objects: those of manifests, or by type and name.';
  static override examples = [
    '<%= config.bin %> delete -f manifests/hello.yaml',
    '<%= config.bin %> delete pod hello-7d9f-x2k4p',
  ];
  static override strict = false;
  static override args = { type: Args.string({ description: 'TYPE NAME … or TYPE/NAME …' }) };
  static override flags = {
    filename: filesFlag,
    namespace: namespaceFlag,
    selector: selectorFlag,
    'ignore-not-found': Flags.boolean({ description: 'already gone is success' }),
    'grace-period': Flags.integer({ description: 'seconds for pods to end', min: 0 }),
    wait: Flags.boolean({ description: 'until they are gone', default: true, allowNo: true }),
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Delete);
    const words = argv as string[];
    const { client, transport } = connect(new Home());
    try {
      const refs: ObjectRef[] = [];
      if (flags.filename?.length)
        for (const object of loadManifests(flags.filename, flags.namespace).toReversed())
          refs.push({
            kind: object.kind!,
            namespace: object.metadata?.namespace,
            name: object.metadata!.name!,
          });
      else if (words.length > 0)
        for (const { kind, names } of namedResources(words)) {
          const namespace = kind.namespaced ? flags.namespace : undefined;
          const all =
            names.length > 0
              ? names
              : flags.selector
                ? await this.#selected(client, kind.kind, namespace, flags.selector)
                : [];
          if (all.length === 0 && !flags.selector)
            throw new CliError('KITH_BAD_ARGUMENT', 'which ones? Neither names nor a selector are given', {
              next: 'kith delete TYPE NAME',
              exit: exitCodes.wrongInput,
            });
          refs.push(...all.map((name) => ({ kind: kind.kind, namespace, name })));
        }
      else
        throw new CliError('KITH_NO_INPUT', 'delete needs -f, or TYPE NAME', {
          next: 'kith delete -f FILE',
          exit: exitCodes.wrongInput,
        });
      const gone: ObjectRef[] = [];
      for (const ref of refs)
        try {
          await client.delete(ref, {
            propagationPolicy: 'Background',
            ...(flags['grace-period'] === undefined ? {} : { gracePeriodSeconds: flags['grace-period'] }),
          });
          this.log(`${ref.kind.toLowerCase()} "${ref.name}" deleted`);
          gone.push(ref);
        } catch (error) {
          if (!isNotFound(error) || !(flags['ignore-not-found'] || flags.filename)) throw error;
          this.log(`${ref.kind.toLowerCase()} "${ref.name}" was not there`);
        }
      if (!flags.wait) return;
      const deadline = systemClock.now() + waitMsMax;
      for (const ref of gone)
        while (await this.#exists(client, ref)) {
          if (systemClock.now() > deadline)
            throw new CliError(
              'KITH_STILL_THERE',
              `${ref.kind} ${ref.name} is still ending after ${waitMsMax / 1000} s`,
              { next: `kith describe ${ref.kind} ${ref.name}` },
            );
          await systemClock.sleep(100);
        }
    } finally {
      transport.close();
    }
  }

  async #selected(
    client: ReturnType<typeof connect>['client'],
    kind: string,
    namespace: string | undefined,
    labelSelector: string,
  ): Promise<string[]> {
    const { items } = await client.list(kind, { namespace, labelSelector });
    return items.map(({ metadata }) => metadata!.name!);
  }

  async #exists(client: ReturnType<typeof connect>['client'], ref: ObjectRef): Promise<boolean> {
    try {
      await client.get(ref);
      return true;
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
  }
}
