// node --require store-bytecode.cjs bin/clic …: runs a command, and stores in dist/cache/ the bytecode of all that bin/clic has
// loaded for it, the functions that were called included.
'use strict';
const { mkdirSync, writeFileSync } = require('node:fs');
const { dirname, join, relative } = require('node:path');
const vm = require('node:vm');

const dist = join(__dirname, '../../dist');
const scripts = new Map();

vm.Script = class extends vm.Script {
  constructor(source, options) {
    super(source, options);
    scripts.set(options.filename, this);
  }
};

process.once('exit', () => {
  for (const [filename, script] of scripts) {
    const path = join(dist, 'cache', `${process.version}-${process.arch}`, relative(dist, filename));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, script.createCachedData());
  }
});
