import assert from 'node:assert/strict';
import {
  ApiError,
  alreadyExists,
  conflict,
  forbidden,
  gone,
  invalid,
  isConflict,
  isGone,
  isInvalid,
  isNotFound,
  notFound,
  refusal,
} from '../../api/errors.ts';
import { duplicate, invalidValue, notSupported, required, unknownField } from '../../api/field-errors.ts';

describe('API errors', () => {
  it('say what Kubernetes says, word for word', () => {
    assert.equal(notFound('Pod', 'x').message, 'pods "x" not found');
    assert.equal(alreadyExists('Deployment', 'x').message, 'deployments.apps "x" already exists');
    assert.equal(
      conflict('Deployment', 'x').message,
      'Operation cannot be fulfilled on deployments.apps "x": the object has been modified; please apply your changes to the latest version and try again',
    );
    assert.equal(forbidden('Secret', 'x', 'no').message, 'secrets "x" is forbidden: no');
    assert.equal(
      invalid('Deployment', 'x', [required('spec.selector')]).message,
      'Deployment.apps "x" is invalid: spec.selector: Required value',
    );
    assert.equal(
      invalid('Pod', 'x', [
        invalidValue('spec.a', -1, 'must be greater than or equal to 0'),
        notSupported('spec.b', 'z', ['x', 'y']),
        duplicate('spec.c', 'n'),
        duplicate('spec.c', 'n'),
      ]).message,
      'Pod "x" is invalid: [spec.a: Invalid value: -1: must be greater than or equal to 0, spec.b: Unsupported value: "z": supported values: "x", "y", spec.c: Duplicate value: "n"]',
    );
  });

  it('carry a Status that comes back as the same error on the other side', () => {
    const { status } = invalid('Deployment', 'x', [required('spec.selector')]);
    assert.deepEqual(status, {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: 'Deployment.apps "x" is invalid: spec.selector: Required value',
      reason: 'Invalid',
      details: {
        name: 'x',
        group: 'apps',
        kind: 'Deployment',
        causes: [{ reason: 'FieldValueRequired', message: 'Required value', field: 'spec.selector' }],
      },
      code: 422,
    });
    const back = ApiError.from(JSON.parse(JSON.stringify(status)));
    assert.ok(isInvalid(back));
    assert.deepEqual(back.status, status);
  });

  it('can be asked what they are', () => {
    assert.ok(
      isNotFound(notFound('Pod', 'x')) && !isNotFound(conflict('Pod', 'x')) && !isNotFound(new Error()),
    );
    assert.ok(isConflict(conflict('Pod', 'x')));
    assert.ok(isGone(gone('too old')) && isGone(gone('too old', 'Gone')));
  });

  it('tell an object that does not decode from one whose content is wrong', () => {
    const unknown = refusal('Deployment', 'x', [
      unknownField('spec.template.spec.containers[0].foo'),
      required('spec.selector'),
    ]);
    assert.equal(unknown!.status.code, 400);
    assert.match(
      unknown!.message,
      /strict decoding error: unknown field "spec.template.spec.containers\[0\].foo"$/,
    );
    assert.equal(refusal('Deployment', 'x', [required('spec.selector')])!.status.code, 422);
    assert.equal(refusal('Deployment', 'x', []), undefined);
  });

  it('do not repeat a large value', () => {
    assert.ok(
      invalid('ConfigMap', 'x', [invalidValue('data', 'y'.repeat(1e6), 'no')]).message.length < 1_200,
    );
  });
});
