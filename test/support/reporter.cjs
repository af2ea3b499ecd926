'use strict';
/** Mocha's own spec reporter, and one more line that scripts/test.mjs adds up. */
const Mocha = require('mocha');

module.exports = class extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once('end', () => {
      const { passes = 0, failures = 0, pending = 0 } = this.stats;
      console.log(`kith-counts ${passes} ${failures} ${pending}`);
    });
  }
};
