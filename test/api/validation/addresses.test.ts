import assert from 'node:assert/strict';
import { BlockList, isIPv4, isIPv6 } from 'node:net';
import fc from 'fast-check';
import { isStrictlyWithin, parseAddress, parseCidr } from '../../../api/validation/addresses.ts';

const text = fc.oneof(
  fc.ipV4(),
  fc.ipV6(),
  fc.stringMatching(/^[0-9a-f:.]{0,20}$/),
  fc.constantFrom(
    '010.1.1.1',
    '::ffff:10.0.0.1',
    '::1',
    '::',
    '1.2.3',
    '1.2.3.4.5',
    '256.1.1.1',
    'fe80::1%eth0',
    '',
  ),
);

describe('addresses', () => {
  it('are told from what is none, as the system tells them', () => {
    fc.assert(
      fc.property(text, (address) => {
        const plain = address.includes(':') ? address : address.replace(/(^|\.)0+(?=\d)/g, '$1');
        const is = isIPv4(plain) || (isIPv6(plain) && !plain.includes('%'));
        assert.equal(parseAddress(address) !== undefined, is, address);
      }),
      { numRuns: 500 },
    );
  });

  it('lie in ranges where the system says that they do', () => {
    const [v4, v6] = [
      fc.tuple(fc.ipV4(), fc.nat(32), fc.ipV4()),
      fc.tuple(fc.ipV6(), fc.nat(127), fc.ipV6()),
    ];
    fc.assert(
      fc.property(fc.oneof(v4, v6), ([base, prefix, other]) => {
        const family = base.includes(':') ? 'ipv6' : 'ipv4';
        const single = `${other}/${family === 'ipv6' ? 128 : 32}`;
        const [outer, inner] = [parseCidr(`${base}/${prefix}`), parseCidr(single)];
        // Addresses of one family that are written as the other's are the other's here, and not for the system.
        fc.pre(outer?.bits === inner?.bits && outer?.bits === (family === 'ipv6' ? 128 : 32));
        const list = new BlockList();
        list.addSubnet(base, prefix, family);
        const isSmaller = prefix < outer!.bits;
        assert.equal(isStrictlyWithin(inner!, outer!), isSmaller && list.check(other, family));
      }),
      { numRuns: 500 },
    );
  });

  it('in ranges are refused with a length that there is none of', () => {
    for (const wrong of [
      '10.0.0.0',
      '10.0.0.0/33',
      '::/129',
      '10.0.0.0/-1',
      '10.0.0.0/8/8',
      '10.0.0.0/',
      'x/8',
    ])
      assert.equal(parseCidr(wrong), undefined, wrong);
    assert.ok(parseCidr('10.0.0.0/0') && parseCidr('::/128'));
  });
});
