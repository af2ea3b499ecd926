import assert from 'node:assert/strict';
import { healthChecks, healthPage } from '../../../../controller/apiserver/http/health.ts';

describe('the pages of health', () => {
  let trouble = false;
  const checks = healthChecks(() => trouble);
  const ask = (path: string) => {
    const { pathname, searchParams } = new URL(path, 'http://kith');
    const answer = healthPage(pathname, searchParams, checks);
    return answer && [answer.status, (answer.body as Buffer).toString()];
  };
  beforeEach(() => (trouble = false));

  it('say ok, and with ?verbose what they looked at', () => {
    for (const page of ['livez', 'healthz', 'readyz']) assert.deepEqual(ask(`/${page}`), [200, 'ok']);
    assert.deepEqual(ask('/readyz?verbose'), [200, '[+]ping ok\n[+]store ok\nreadyz check passed\n']);
    assert.deepEqual(ask('/livez?verbose'), [200, '[+]ping ok\nlivez check passed\n']);
  });

  it('say what fails, and live on where only writes do', () => {
    trouble = true;
    const failed = '[+]ping ok\n[-]store failed: the store takes no writes\n';
    assert.deepEqual(ask('/readyz'), [500, `${failed}readyz check failed\n`]);
    assert.deepEqual(ask('/healthz'), [500, `${failed}healthz check failed\n`]);
    assert.deepEqual(ask('/livez'), [200, 'ok']);
    assert.deepEqual(ask('/readyz/store'), [500, 'internal server error: the store takes no writes\n']);
  });

  it('leave out what they are told to, and warn of what they do not know', () => {
    trouble = true;
    assert.deepEqual(ask('/readyz?exclude=store'), [200, 'ok']);
    assert.deepEqual(ask('/readyz?verbose&exclude=store&exclude=x'), [
      200,
      '[+]ping ok\n[+]store excluded: ok\nwarn: some health checks cannot be excluded: no matches for "x"\nreadyz check passed\n',
    ]);
  });

  it('answer each check by itself, and nothing else', () => {
    assert.deepEqual(ask('/readyz/ping'), [200, 'ok']);
    assert.equal(ask('/readyz/nothing'), undefined);
    assert.equal(ask('/readyz/ping/more'), undefined);
    assert.equal(ask('/elsewhere'), undefined);
    assert.equal(ask('/constructor'), undefined);
  });
});
