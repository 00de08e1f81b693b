// Bundles the two programs into dist/: a few files start several times faster than a tree of modules.
import { build, transform } from 'esbuild';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
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
    onLoad({ filter: /./, namespace: 'lazy' }, (args) => ({
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
    onLoad({ filter: /./, namespace: 'thrift-core' }, (args) => ({
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
    onLoad({ filter: /./, namespace: 'plain-uuid' }, () => ({
      contents: `
        exports.parse = (text) => Buffer.from(text.replaceAll('-', ''), 'hex');
        exports.stringify = (bytes) => Buffer.from(bytes).toString('hex');`,
    }));
  },
};

/**
 * Bundles all that `clic` imports on demand of its own into one file. esbuild would make one for each import, and many for what
 * they share, all of which `clic list` would open: that costs it more than to leave the rest uncompiled saves.
 */
const onDemand = {
  name: 'on-demand',
  setup({ onResolve, onLoad }) {
    const folder = join(root, 'src/cli');
    const isSource = /[\\/]src[\\/]cli[\\/].*\.ts$/;
    const files = readdirSync(folder, { recursive: true }).filter((file) => file.endsWith('.ts'));
    const imported = new Map();
    const sources = new Map(
      files.map((file) => {
        const path = join(folder, file);
        const text = readFileSync(path, 'utf8').replaceAll(/\bimport\('(\.[^']+)'\)/g, (_, target) => {
          const module = join(dirname(path), target);
          if (!imported.has(module)) imported.set(module, `part${imported.size}`);
          return `import('on-demand').then(({ ${imported.get(module)}: part }) => part)`;
        });
        return [path, text];
      }),
    );
    onLoad({ filter: isSource }, ({ path }) => ({ contents: sources.get(path), loader: 'ts' }));
    onResolve({ filter: /^on-demand$/ }, () => ({ path: 'on-demand', namespace: 'on-demand' }));
    onLoad({ filter: /./, namespace: 'on-demand' }, () => ({
      resolveDir: root,
      contents: [...imported]
        .map(([path, name]) => `export * as ${name} from ${JSON.stringify(path)};`)
        .join('\n'),
    }));
  },
};

const options = {
  absWorkingDir: root,
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  minify: true,
  legalComments: 'none',
  plugins: [lazyStringWidth, thriftCore, plainUuid],
  // Bundled ES modules that ask for their own place get that of the bundle.
  define: { 'import.meta.url': 'bundle.url' },
  logLevel: 'warning',
  // The stubs of this compiler repeat a case.
  logOverride: { 'duplicate-case': 'silent' },
  metafile: true,
  write: false,
};
const BANNER = "const bundle = { get url() { return require('node:url').pathToFileURL(__filename).href; } };";

// What `clic` imports on demand goes to files of its own. esbuild splits only ES modules, which Node loads more slowly
// than CommonJS: each file is turned into that afterwards.
const shell = await build({
  ...options,
  entryPoints: { clic: 'src/cli/main.ts' },
  plugins: [onDemand, ...options.plugins],
  format: 'esm',
  splitting: true,
  chunkNames: 'lib/[name]-[hash]',
});
const master = await build({
  ...options,
  entryPoints: {
    'clic-master': 'src/master/main.ts',
    // The helper process of the master, which is to be small.
    'clic-starter': 'src/master/executor/process/starter-main.ts',
  },
  format: 'cjs',
  banner: { js: BANNER },
  // Native code, installed beside us.
  external: ['classic-level'],
});

const files = new Map();
for (const { path, text } of shell.outputFiles) files.set(rename(path), await toCommonJs(text));
for (const { path, text } of master.outputFiles) files.set(rename(path), text);
const packages = { ...shell.metafile.inputs, ...master.metafile.inputs };
files.set(join(root, 'dist/THIRD-PARTY-LICENSES.txt'), licenses(packages));

mkdirSync(join(root, 'dist/lib'), { recursive: true });
for (const [path, text] of files) writeFileSync(path, text);
for (const name of readdirSync(join(root, 'dist/lib'))) {
  const path = join(root, 'dist/lib', name);
  if (!files.has(path)) rmSync(path);
}

function rename(path) {
  return path.replace(/\.js$/, '.cjs');
}

/** Turns a file that esbuild has split off into CommonJS, its imports of the others included. */
async function toCommonJs(text) {
  const { code } = await transform(text, {
    format: 'cjs',
    platform: 'node',
    target: 'node20.19',
    minify: true,
    banner: BANNER,
    // A dynamic import of a CommonJS file would start Node's loader of ES modules.
    supported: { 'dynamic-import': false },
  });
  return code.replaceAll(/require\("(\.\.?\/[^"]*)\.js"\)/g, 'require("$1.cjs")');
}

/** The licenses of the packages whose code is in the bundles, which ask to be passed on. */
function licenses(inputs) {
  const folders = new Set(
    Object.keys(inputs).flatMap(
      (path) =>
        /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//
          .exec(path)?.[1]
          .replace(/^[\w-]+:/, '')
          .replace(root, '') ?? [],
    ),
  );
  return [...folders]
    .sort()
    .map((folder) => {
      const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
      const files = readdirSync(join(root, folder)).filter((file) => /^(?:licen[sc]e|notice)/i.test(file));
      const texts = files.map((file) => readFileSync(join(root, folder, file), 'utf8').trim());
      return `${name} ${version} (${license})\n\n${texts.join('\n\n')}\n`;
    })
    .join(`\n${'-'.repeat(80)}\n\n`);
}
