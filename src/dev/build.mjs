// Bundles the two programs into dist/: a few files start several times faster than a tree of modules.
import { build } from 'esbuild';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Bundles string-width behind a function that loads it when it is first called: its tables take longer to
 * set up than everything else in `clic` together, and most runs never measure a line of help.
 */
const lazyStringWidth = {
  name: 'lazy-string-width',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^string-width$/ }, (args) =>
      args.namespace === 'lazy' ? undefined : { path: args.resolveDir, namespace: 'lazy' },
    );
    onLoad({ filter: /.*/, namespace: 'lazy' }, (args) => ({
      resolveDir: args.path,
      contents: `
        let real;
        module.exports = (...args) => {
          real ??= require('string-width');
          return (real.default ?? real)(...args);
        };`,
    }));
  },
};

/** The generated stubs need the core of the Thrift library, and none of its transports, servers and web sockets. */
const thriftCore = {
  name: 'thrift-core',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^thrift$/ }, (args) => ({ path: args.resolveDir, namespace: 'thrift-core' }));
    onLoad({ filter: /.*/, namespace: 'thrift-core' }, (args) => ({
      resolveDir: args.path,
      contents: `exports.Thrift = require('thrift/lib/nodejs/lib/thrift/thrift.js');`,
    }));
  },
};

/** Thrift's protocol loads a library for UUIDs, and with it Node's cryptography; the protocol of clic-master has no UUIDs. */
const plainUuid = {
  name: 'plain-uuid',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^uuid$/ }, () => ({ path: 'uuid', namespace: 'plain-uuid' }));
    onLoad({ filter: /.*/, namespace: 'plain-uuid' }, () => ({
      contents: `
        exports.parse = (text) => Buffer.from(text.replaceAll('-', ''), 'hex');
        exports.stringify = (bytes) => Buffer.from(bytes).toString('hex');`,
    }));
  },
};

/** Libraries that most runs do without, and that together are larger than everything else. */
const ON_DEMAND = ['yargs', 'yaml', 'cli-table3', 'dotenv'];

/** Bundles each of them into a file of its own under dist/lib, which is read when it is first needed. */
const onDemand = {
  name: 'on-demand',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: new RegExp(`^(${ON_DEMAND.join('|')})$`) }, ({ kind, path }) =>
      kind === 'entry-point' ? undefined : { path, namespace: 'on-demand' },
    );
    onLoad({ filter: /.*/, namespace: 'on-demand' }, ({ path }) => ({
      contents: `module.exports = require('./lib/${path}.cjs');`,
    }));
    onResolve({ filter: /.*/, namespace: 'on-demand' }, ({ path }) => ({ path, external: true }));
  },
};

mkdirSync(join(root, 'dist'), { recursive: true });
const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: {
    clic: 'src/cli/main.ts',
    'clic-master': 'src/master/main.ts',
    ...Object.fromEntries(ON_DEMAND.map((name) => [`lib/${name}`, name])),
  },
  outdir: 'dist',
  outExtension: { '.js': '.cjs' },
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  format: 'cjs',
  minify: true,
  legalComments: 'none',
  // Native code, installed beside us.
  external: ['classic-level'],
  plugins: [onDemand, lazyStringWidth, thriftCore, plainUuid],
  // Bundled ES modules that ask for their own place get that of the bundle.
  define: { 'import.meta.url': 'bundle.url' },
  banner: {
    js: "const bundle = { get url() { return require('node:url').pathToFileURL(__filename).href; } };",
  },
  logLevel: 'warning',
  // The stubs of this compiler repeat a case.
  logOverride: { 'duplicate-case': 'silent' },
  metafile: true,
});
writeFileSync(join(root, 'dist/THIRD-PARTY-LICENSES.txt'), licenses(metafile));

/** The licenses of the packages whose code is in the bundles, which ask to be passed on. */
function licenses({ inputs }) {
  const folders = new Set(
    Object.keys(inputs).flatMap(
      (path) =>
        /(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//
          .exec(path)?.[1]
          .replace(/^[\w-]+:/, '')
          .replace(root, '') ?? [],
    ),
  );
  return [...folders]
    .sort()
    .map((folder) => {
      const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
      const files = readdirSync(join(root, folder)).filter((file) => /^(licen[sc]e|notice)/i.test(file));
      const texts = files.map((file) => readFileSync(join(root, folder, file), 'utf8').trim());
      return `${name} ${version} (${license})\n\n${texts.join('\n\n')}\n`;
    })
    .join(`\n${'-'.repeat(80)}\n\n`);
}
