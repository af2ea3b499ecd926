import assert from 'node:assert/strict';
import { applyDefaults } from '../../../api/defaults/defaults.ts';
import { fieldErrorText } from '../../../api/field-errors.ts';
import { kindOf } from '../../../api/kinds.ts';
import { normalize } from '../../../api/normalize.ts';
import { validate } from '../../../api/validation/validation.ts';
import { certificates } from './cluster/certificates.ts';
import { networking } from './cluster/networking.ts';
import { policies } from './cluster/policies.ts';
import { rights } from './cluster/rights.ts';
import { storage } from './cluster/storage.ts';
import { spoil, type Spoilt } from './spoil.ts';

type Named = Spoilt['object'];

const stored = (object: Named) => {
  const kind = kindOf(object.apiVersion, object.kind)!;
  return { kind, object: applyDefaults(normalize(kind, object)) };
};
const said = (object: Named, old?: Named) => {
  const { kind, object: next } = stored(object);
  return validate(kind, next, old && stored(old).object).map(fieldErrorText);
};

/** Every message was compared with kube-apiserver's own answer to the same object. */
describe('what kube-apiserver says of', () => {
  for (const { object, wrong, wrongUpdates = [], rightUpdates = [] } of [
    ...networking,
    ...rights,
    ...storage,
    ...policies,
    ...certificates,
  ])
    describe(`a ${object.kind}`, () => {
      it('that is in order is nothing, new or written again', () => {
        assert.deepEqual(said(object), []);
        assert.deepEqual(said(object, object), []);
      });

      it('that is spoilt in one place is said of that place', () => {
        for (const [path, value, ...messages] of wrong) {
          assert.ok(messages.length > 0, `${path}: ${JSON.stringify(value)} is let in`);
          assert.deepEqual(said(spoil(object, path, value)), messages, `${path}: ${JSON.stringify(value)}`);
        }
      });

      it('that is changed is refused what may not change, and nothing else', () => {
        for (const [path, value, ...messages] of wrongUpdates) {
          assert.ok(messages.length > 0, `${path}: ${JSON.stringify(value)} is let in`);
          assert.deepEqual(said(spoil(object, path, value), object), messages, path);
        }
        for (const [path, value] of rightUpdates)
          assert.deepEqual(said(spoil(object, path, value), object), [], path);
      });
    });
});
