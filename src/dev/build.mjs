// Bundles the two programs into dist/: one file each starts several times faster than a tree of modules.
import { build } from 'esbuild';
import { rmSync } from 'node:fs';
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
      args.namespace === 'lazy' || args.pluginData === 'real'
        ? undefined
        : { path: args.resolveDir, namespace: 'lazy' },
    );
    onLoad({ filter: /.*/, namespace: 'lazy' }, (args) => ({
      resolveDir: args.path,
      contents: `
        let real;
        export default (...args) => {
          real ??= require('string-width').default ?? require('string-width');
          return real(...args);
        };`,
    }));
  },
};

rmSync(join(root, 'dist'), { recursive: true, force: true });
await build({
  absWorkingDir: root,
  entryPoints: { clic: 'src/cli/main.ts', 'clic-master': 'src/master/main.ts' },
  outdir: 'dist',
  outExtension: { '.js': '.cjs' },
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  format: 'cjs',
  minify: true,
  legalComments: 'linked',
  // Native code, installed beside us.
  external: ['classic-level'],
  alias: { thrift: './src/rpc/thrift-subset.cjs' },
  plugins: [lazyStringWidth],
  logLevel: 'warning',
});
