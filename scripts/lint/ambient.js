/**
 * Time and chance are arguments: outside process/ nobody reads the clock, sets a timer or draws a number. Every reference to
 * what could is reported, not only its call: `const later = setTimeout` would be a timer too. Types are free, and so is
 * arithmetic with given times (`new Date(text)`, `Date.parse`).
 */
const whole = new Set([
  'setTimeout',
  'setInterval',
  'setImmediate',
  'performance',
  'crypto',
  'Temporal',
  'require',
]);
/** Globals of which only some members are ambient. They are used by naming a member: an alias would hide it. */
const parts = {
  Date: new Set(['now']),
  Math: new Set(['random']),
  process: new Set(['hrtime', 'uptime']),
  AbortSignal: new Set(['timeout']),
  globalThis: whole,
  global: whole,
};
const timeModules = new Set(
  ['timers', 'timers/promises', 'perf_hooks'].flatMap((name) => [name, `node:${name}`]),
);
/** Modules of which only some exports are ambient, or stand for a secret that process/ draws. */
const drawing = /^(random|pseudoRandom|getRandomValues|generate(Key|Prime))/;
const namesOf = {
  crypto: drawing,
  os: /^uptime$/,
  process: /^(hrtime|uptime)$/,
};
const advice =
  'Take a Clock or Random of process/ as an argument; keys and secrets come from process/secret.ts, names of temporary files from process/folder.ts.';

const wrappers = new Set([
  'TSAsExpression',
  'TSNonNullExpression',
  'TSSatisfiesExpression',
  'TSTypeAssertion',
  'ParenthesizedExpression',
  'ChainExpression',
]);

const noAmbientTime = {
  create(context) {
    const report = (node, what) => context.report({ node, message: `${what} is ambient. ${advice}` });

    /** `name` is the global that the expression `node` stands for. */
    function judge(node, name) {
      if (whole.has(name)) return report(node, name);
      const ambient = parts[name];
      let { parent } = node;
      while (wrappers.has(parent.type)) [node, parent] = [parent, parent.parent];
      switch (parent.type) {
        case 'MemberExpression':
          return judgeMember(parent, name, ambient);
        case 'VariableDeclarator':
        case 'AssignmentExpression': {
          const pattern = parent.type === 'VariableDeclarator' ? parent.id : parent.left;
          if (pattern.type !== 'ObjectPattern') break;
          for (const property of pattern.properties) {
            const key = property.type === 'RestElement' ? undefined : keyOf(property.key, property.computed);
            if (key === undefined || ambient.has(key) || (ambient === whole && key in parts))
              report(property, `${name}.${key ?? '…'}`);
          }
          return;
        }
        case 'NewExpression':
          if (name === 'Date' && parent.callee === node && parent.arguments.length > 0) return;
          return report(parent, `new ${name}()`);
        case 'CallExpression':
          if (parent.callee === node) return report(parent, `${name}()`);
          // An object of that name may be handed on where its members are not ambient by themselves.
          return name === 'process' || (ambient === whole && isReflection(parent))
            ? undefined
            : report(node, name);
        case 'BinaryExpression':
          if (['instanceof', 'in'].includes(parent.operator) && parent.right === node) return;
          break;
        case 'UnaryExpression':
          return;
      }
      if (name !== 'process' && name !== 'AbortSignal') report(node, name);
    }

    function judgeMember(member, name, ambient) {
      const key = keyOf(member.property, member.computed);
      if (key === undefined || ambient.has(key)) return report(member, `${name}.${key ?? '[…]'}`);
      if (ambient === whole && Object.hasOwn(parts, key)) judge(member, key);
    }

    function judgeModule(node) {
      const source = keyOf(node.source, true);
      if (timeModules.has(source)) return report(node, source);
      const drawn = namesOf[source?.replace(/^node:/, '')];
      if (!drawn) return;
      if (!node.specifiers) return report(node, source);
      for (const specifier of node.specifiers) {
        const imported = specifier.imported ?? specifier.local;
        if (!/^(Import|Export)Specifier$/.test(specifier.type)) report(specifier, `all of ${source}`);
        else if (drawn.test(imported.name ?? imported.value))
          report(specifier, `${source}'s ${imported.name ?? imported.value}`);
      }
    }

    return {
      'Program:exit'() {
        const { globalScope } = context.sourceCode.scopeManager;
        const known = globalScope.variables.filter(({ defs }) => defs.length === 0);
        for (const { identifier, isTypeReference } of [
          ...globalScope.through,
          ...known.flatMap(({ references }) => references),
        ]) {
          const { name, parent } = identifier;
          if (isTypeReference || parent.type === 'TSTypeQuery' || parent.type === 'TSQualifiedName') continue;
          if (whole.has(name) || Object.hasOwn(parts, name)) judge(identifier, name);
        }
      },
      MemberExpression(node) {
        // Also of an object that is no global by that name: webcrypto, a namespace of a module.
        const key = keyOf(node.property, node.computed);
        if (/^(getRandomValues|randomUUID|randomBytes)$/.test(key)) report(node, key);
      },
      CallExpression({ callee, arguments: [argument] }) {
        if (callee.type !== 'MemberExpression' || !argument) return;
        if (keyOf(callee.property, callee.computed) !== 'getBuiltinModule') return;
        judgeModule({ ...argument, source: argument });
      },
      ImportExpression: judgeModule,
      ImportDeclaration: judgeModule,
      ExportAllDeclaration: judgeModule,
      ExportNamedDeclaration(node) {
        if (node.source) judgeModule(node);
      },
    };
  },
};

/** A name that can be read off: `.now`, `['now']`. */
function keyOf(node, computed) {
  if (!computed && node.type === 'Identifier') return node.name;
  if (node.type === 'Literal' && typeof node.value === 'string') return node.value;
  if (node.type === 'TemplateLiteral' && node.expressions.length === 0) return node.quasis[0].value.cooked;
  return undefined;
}

/** `Object.defineProperty(globalThis, …)`. */
function isReflection({ callee }) {
  return callee.type === 'MemberExpression' && callee.object.name === 'Object';
}

export default { meta: { name: 'kith' }, rules: { 'no-ambient-time': noAmbientTime } };
