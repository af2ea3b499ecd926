import { Flags } from '@oclif/core';
import { textOf } from '../../client/body.ts';
import { KithCommand } from '../command.ts';
import { connect } from '../connection.ts';
import { secondsOf } from '../duration.ts';
import { CliError, exitCodes } from '../errors.ts';
import { Home } from '../home.ts';
import { memberName } from '../names.ts';
import { statusError } from '../status-error.ts';

const roles = { host: 'node', user: 'gateway' } as const;
/** Longer, and a line forgotten in a chat becomes a door. */
const expiresHoursMax = 24 * 7;

export default class Invite extends KithCommand {
  static override description =
    'Print one line with which one machine can join: single use, expiring. Hand it over where only the invited can read it.';
  static override examples = [
    '<%= config.bin %> invite',
    '<%= config.bin %> invite --role host --tier friend --expires 1h',
  ];
  static override flags = {
    role: Flags.string({
      options: ['host', 'user', 'publisher'],
      default: 'host',
      description: 'lend a machine, or only open apps',
    }),
    tier: Flags.string({
      options: ['own', 'friend', 'volunteer'],
      default: 'volunteer',
      description:
        'how far the owner of a host is trusted: apps with Secrets go to friends and own machines only',
    }),
    for: Flags.string({
      description:
        'name of the person it is for, who owns the machine then (default: the name that the machine gives, if it is free)',
    }),
    expires: Flags.string({ default: '24h', description: 'until when it can be used: 30m, 24h, 7d' }),
    output: Flags.string({ char: 'o', options: ['text', 'json'], default: 'text' }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Invite);
    if (flags.role === 'publisher')
      throw new CliError(
        'KITH_NOT_YET',
        'inviting publishers is not part of this version: it needs namespaces with quotas',
        {
          next: 'kith invite --role host, or --role user',
          exit: exitCodes.wrongInput,
        },
      );
    if (flags.for && flags.tier === 'own')
      throw new CliError('KITH_BAD_ARGUMENT', `--for ${flags.for}: a machine of tier own is the founder's`, {
        next: '--tier friend --for NAME, or leave --for out',
        exit: exitCodes.wrongInput,
      });
    const { transport } = connect(new Home());
    try {
      const response = await transport.request({
        method: 'POST',
        path: '/apis/kith.home.arpa/v1/invites',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          role: roles[flags.role as keyof typeof roles],
          tier: flags.tier,
          ...(flags.for ? { owner: memberName(flags.for, '--for') } : {}),
          expiresInMs: expiresInMs(flags.expires),
        }),
      });
      const text = await textOf(response.body);
      if (response.status >= 300) throw statusError(text, response.status);
      const { line, expiresAt } = JSON.parse(text) as { line: string; expiresAt: number };
      if (flags.output === 'json')
        return this.event({ invite: line, expiresAt: new Date(expiresAt).toISOString() });
      // Whoever only opens apps is given none, so that there is nothing to trust them with.
      const tier = flags.role === 'host' ? ` of tier ${flags.tier}` : '';
      process.stderr.write(
        `For one ${flags.role}${tier}, until ${new Date(expiresAt).toISOString()}. On that machine:\n`,
      );
      this.log(`kith join ${line}`);
    } finally {
      transport.close();
    }
  }
}

function expiresInMs(text: string): number {
  const minutes = secondsOf('--expires', text) / 60;
  if (minutes < 1 || minutes > expiresHoursMax * 60)
    throw new CliError('KITH_BAD_ARGUMENT', `--expires "${text}" is not between 1m and 7d`, {
      next: '--expires 24h',
      exit: exitCodes.wrongInput,
    });
  return minutes * 60_000;
}
