import { createNodeResolver, importX } from 'eslint-plugin-import-x';
import * as regexp from 'eslint-plugin-regexp';
import tseslint from 'typescript-eslint';

/** What a part of src/ must not import from another part: the arrows of CONTRIBUTING.md. Parts may be patterns. */
const zone = (target, forbidden, except = []) => ({
  target: `./src/${target}`,
  from: `./src/${forbidden}`,
  ...(except.length > 0 ? { except: except.map((path) => `./${path}`) } : {}),
});
const BELOW = ['plan', 'config', 'rpc', 'results'];
const zones = [
  ...[...BELOW, 'cli', 'master'].map((from) => zone('model', from)),
  ...BELOW.flatMap((target) =>
    [...BELOW.filter((from) => from !== target), 'cli', 'master'].map((from) => zone(target, from)),
  ),
  zone('cli', 'master'),
  zone('master', 'cli'),
  // The scheduler decides, and knows of the rest only the interfaces that it decides about.
  zone('master/scheduler', '', [
    'model',
    'master/scheduler',
    'master/state',
    'master/store/store.ts',
    'master/executor/executor.ts',
  ]),
  // What is stored knows nobody who works with it, and stores don't know the scheduler.
  zone('master/state', '', ['model', 'master/state']),
  zone('master/store', 'master/scheduler'),
  // A store is chosen in one place, and so is an executor.
  zone('master/!(store|leader)/**', 'master/store', ['store.ts', 'open.ts']),
  // A lease in Redis is reached as the state in Redis is.
  zone('master/leader', 'master/store', ['redis/connect.ts', 'redis/settings.ts']),
  zone('master/*.ts', 'master/store', ['store.ts', 'open.ts', 'redis/settings.ts']),
  zone('master/store/*.ts', 'master/store/redis', ['redis.ts', 'settings.ts']),
  zone('master/store/!(open).ts', 'master/store/level.ts'),
  zone('master/store/!(open).ts', 'master/store/memory.ts'),
  zone('master/store/!(level).ts', 'master/store/level-database.ts'),
  zone('master/!(executor)/**', 'master/executor', ['executor.ts', 'open.ts']),
  zone('master/*.ts', 'master/executor', ['executor.ts', 'open.ts']),
  zone('master/executor/!(open).ts', 'master/executor/process.ts'),
  zone('master/executor/!(open).ts', 'master/executor/kubernetes.ts'),
  // Access to the API server is used, and uses nobody but what reads its file.
  zone('master/kubernetes', '', ['model', 'master/kubernetes', 'master/named-file.ts']),
  zone('master/store', 'master/executor'),
  zone('master/executor', 'master/store'),
  // Tools of developers are no part of the programs.
  zone('!(dev)/**', 'dev'),
];

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'src/rpc/gen/', 'coverage/'] },
  {
    files: ['**/*.{ts,mts,mjs}'],
    extends: [regexp.configs['flat/recommended']],
    languageOptions: { parser: tseslint.parser },
    rules: {
      // Some patterns are there to find control characters.
      'no-control-regex': 'off',
      // A text from elsewhere must not choose how long a pattern takes.
      'regexp/no-super-linear-backtracking': ['error', { report: 'potential' }],
      'regexp/no-super-linear-move': ['error', { report: 'potential' }],
    },
  },
  {
    files: ['src/**/*.ts', 'test/**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    plugins: { 'import-x': importX },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    settings: {
      'import-x/resolver-next': [createNodeResolver({ extensions: ['.ts', '.js', '.mjs'] })],
      // Without this, no-cycle takes a .ts file for one without imports.
      'import-x/extensions': ['.ts', '.js', '.mjs'],
    },
    rules: {
      'import-x/no-restricted-paths': ['error', { zones }],
      'import-x/no-cycle': 'error',
      'no-console': 'error',
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'exit', message: 'Set process.exitCode and let output drain.' },
      ],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' },
  },
);
