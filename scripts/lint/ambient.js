/** Time and chance are arguments: outside process/ nobody reads the clock, sets a timer or draws a number. */
const timers = new Set(['setTimeout', 'setInterval', 'setImmediate']);
const members = {
  Date: new Set(['now']),
  Math: new Set(['random']),
  performance: new Set(['now', 'timeOrigin']),
};
const modules = new Set([
  'node:timers',
  'node:timers/promises',
  'timers',
  'timers/promises',
  'node:perf_hooks',
  'perf_hooks',
]);
const advice = 'Take a Clock or Random from process/ as an argument.';

const noAmbientTime = {
  create(context) {
    const report = (node, what) => context.report({ node, message: `${what} is ambient. ${advice}` });
    return {
      CallExpression(node) {
        const { callee } = node;
        if (callee.type === 'Identifier' && timers.has(callee.name)) report(node, callee.name);
        if (callee.type === 'Identifier' && callee.name === 'Date') report(node, 'Date()');
      },
      MemberExpression(node) {
        const { object, property } = node;
        if (object.type !== 'Identifier') return;
        if (object.name === 'globalThis' && timers.has(property.name)) report(node, property.name);
        if (members[object.name]?.has(property.name)) report(node, `${object.name}.${property.name}`);
      },
      NewExpression(node) {
        if (node.callee.type === 'Identifier' && node.callee.name === 'Date' && node.arguments.length === 0)
          report(node, 'new Date()');
      },
      ImportDeclaration(node) {
        if (modules.has(node.source.value)) report(node, node.source.value);
      },
    };
  },
};

export default { meta: { name: 'kith' }, rules: { 'no-ambient-time': noAmbientTime } };
