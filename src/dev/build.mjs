// Bundles the two programs into dist/: a few files start several times faster than a tree of modules.
import { build, transform } from 'esbuild';
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { basename, dirname, join, relative } from 'node:path';
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
      args.namespace === 'lazy' ? undefined : { path: relative(root, args.resolveDir), namespace: 'lazy' },
    );
    onLoad({ filter: /./, namespace: 'lazy' }, (args) => ({
      resolveDir: join(root, args.path),
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
    onResolve({ filter: /^thrift$/ }, () => ({ path: 'thrift', namespace: 'thrift-core' }));
    onLoad({ filter: /./, namespace: 'thrift-core' }, () => ({
      resolveDir: root,
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
 * The library for YAML asks the environment at each word of a text whether it is to log it: a sixth to a third of the time of
 * checking a plan. It gets an environment that is empty.
 */
const quietYaml = {
  name: 'quiet-yaml',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^process$/ }, ({ importer }) =>
      /[\\/]node_modules[\\/]yaml[\\/]/.test(importer)
        ? { path: 'process', namespace: 'quiet-yaml' }
        : undefined,
    );
    onLoad({ filter: /./, namespace: 'quiet-yaml' }, () => ({
      contents: 'exports.env = {}; exports.emitWarning = (warning) => process.emitWarning(warning);',
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
  plugins: [lazyStringWidth, thriftCore, plainUuid, quietYaml],
  // Bundled ES modules that ask for their own place get that of the bundle.
  define: { 'import.meta.url': 'bundle.url' },
  logLevel: 'warning',
  // The stubs of this compiler repeat a case.
  logOverride: { 'duplicate-case': 'silent' },
  metafile: true,
  write: false,
  outExtension: { '.js': '.cjs' },
  // Beside the files, where the programs read them only for a trace of CLIC_DEBUG.
  sourcesContent: false,
};
/** Code that was split off asks for the place of the program that it belongs to, one folder up. */
const banner = (path) =>
  `const bundle = { get url() { return require('node:url').pathToFileURL(${/[\\/]lib[\\/][^\\/]+$/.test(path) ? '__dirname' : '__filename'}).href; } };`;

// What `clic` imports on demand goes to files of its own. esbuild splits only ES modules, which Node loads more slowly
// than CommonJS: each file is turned into that afterwards.
const shell = await build({
  ...options,
  entryPoints: { clic: 'src/cli/main.ts' },
  plugins: [onDemand, ...options.plugins],
  format: 'esm',
  splitting: true,
  chunkNames: 'lib/[name]-[hash]',
  // For the step to CommonJS, which reads it and makes one of the whole way.
  sourcemap: 'inline',
});
// What `clic-master` imports on demand (a database's client, say) goes to files of its own, too: most of them are never read.
const master = await build({
  ...options,
  entryPoints: {
    'clic-master': 'src/master/main.ts',
    // The helper processes of the master. The first one is to be small.
    'clic-starter': 'src/master/executor/process/starter-main.ts',
    'clic-plans': 'src/master/plans/helper-main.ts',
  },
  format: 'esm',
  splitting: true,
  chunkNames: 'lib/[name]-[hash]',
  sourcemap: 'inline',
  // Native code, installed beside us.
  external: ['classic-level'],
});

const files = new Map();
for (const { path, text } of [...shell.outputFiles, ...master.outputFiles]) {
  const { code, map } = await toCommonJs(text, path);
  files.set(path, `${code}//# sourceMappingURL=${basename(path)}.map\n`);
  files.set(`${path}.map`, map);
}
const packages = { ...shell.metafile.inputs, ...master.metafile.inputs };
files.set(join(root, 'dist/THIRD-PARTY-LICENSES.txt'), licenses(packages));

// It belongs to what is written now.
rmSync(join(root, 'dist/cache'), { recursive: true, force: true });
mkdirSync(join(root, 'dist/lib'), { recursive: true });
for (const [path, text] of files) writeFileSync(path, text);
for (const name of readdirSync(join(root, 'dist/lib'))) {
  const path = join(root, 'dist/lib', name);
  if (!files.has(path)) rmSync(path);
}
await storeBytecode();

/** Turns a file that esbuild has split off into CommonJS, its imports of the others included. */
function toCommonJs(text, path) {
  return transform(text, {
    format: 'cjs',
    platform: 'node',
    target: 'node20.19',
    minify: true,
    banner: banner(path),
    sourcemap: 'external',
    sourcesContent: false,
    sourcefile: basename(path),
    // A dynamic import of a CommonJS file would start Node's loader of ES modules.
    supported: { 'dynamic-import': false },
  });
}

/** Stores the bytecode of clic for this version of Node, by running what most runs do; the list comes last, and gains most. */
async function storeBytecode() {
  // What a clic-master of ours answers, with all that its maps have.
  const { reply: hex } = JSON.parse(readFileSync(join(root, 'src/dev/bytecode/list-reply.json'), 'utf8'));
  const reply = Buffer.from(hex, 'hex');
  const master = net.createServer((socket) =>
    socket.on('data', () => socket.end(reply)).on('error', () => {}),
  );
  await new Promise((resolve) => master.listen(0, '127.0.0.1', resolve));
  const at = ['--master-host', '127.0.0.1', '--master-port', String(master.address().port)];
  for (const args of [['help'], ['lint', 'src/dev/bytecode/plan.yaml'], [...at, '-list_task']]) {
    const words = ['--require', join(root, 'src/dev/store-bytecode.cjs'), join(root, 'bin/clic'), ...args];
    await new Promise((resolve, reject) => {
      execFile(process.execPath, words, { cwd: root }, (error) => (error ? reject(error) : resolve()));
    });
  }
  master.close();
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
