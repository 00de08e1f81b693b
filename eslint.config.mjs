import { createNodeResolver, importX } from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

/** Which folders of src/ a folder must not import from: the arrows of CONTRIBUTING.md. */
const zone = (target, forbidden, except = []) => ({
  target: `./src/${target}`,
  from: `./src/${forbidden}`,
  ...(except.length > 0 ? { except } : {}),
});
const zones = [
  ...['plan', 'config', 'rpc', 'results', 'cli', 'master'].map((from) => zone('model', from)),
  ...['plan', 'config', 'rpc', 'results'].flatMap((target) => [
    ...['plan', 'config', 'rpc', 'results']
      .filter((from) => from !== target)
      .map((from) => zone(target, from)),
    zone(target, 'cli'),
    zone(target, 'master'),
  ]),
  zone('cli', 'master'),
  zone('master', 'cli'),
  zone('master/scheduler', 'master/store', ['./store.ts']),
  zone('master/scheduler', 'master/executor', ['./executor.ts']),
  zone('master/scheduler', 'rpc'),
  zone('master/store', 'master/executor'),
  zone('master/executor', 'master/store'),
];

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'src/rpc/gen/', 'coverage/'] },
  {
    files: ['src/**/*.ts', 'test/**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    plugins: { 'import-x': importX },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    settings: { 'import-x/resolver-next': [createNodeResolver({ extensions: ['.ts', '.js', '.mjs'] })] },
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
