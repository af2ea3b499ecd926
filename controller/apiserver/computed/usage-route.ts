import { forbidden } from '../../../api/errors.ts';
import { kindNamed } from '../../../api/kinds.ts';
import { usagePath } from '../../../api/metrics.ts';
import type { ExtensionRoute } from '../http/exchange.ts';
import { groups, nodeNameOf } from '../users.ts';
import { readUsageReport } from './usage-report.ts';
import type { Usage } from './usage.ts';

/** Where hosts report what is in use on them; each speaks for itself, by its certificate. */
export function usageRoute(usage: Usage): ExtensionRoute {
  return {
    method: 'POST',
    pattern: new RegExp(`^${usagePath.replaceAll('.', '\\.')}$`),
    groups: [groups.nodes],
    handler: ({ user, body }) => {
      const node = nodeNameOf(user);
      const report = readUsageReport(body);
      if (node === undefined)
        throw forbidden(kindNamed('Node'), user.name, 'only a host says what is in use on it');
      usage.keep(node, report);
      return undefined;
    },
  };
}
