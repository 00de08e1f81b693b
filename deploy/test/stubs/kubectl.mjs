// A kubectl without a cluster: keeps objects as files, and answers from them. Started by the stub `kubectl`.
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { parseAllDocuments, stringify } from 'yaml';
import { jsonPath, matches, observed, podsOf } from './objects.mjs';

const env = process.env;
const root = path.join(env.STUB_STATE, 'kubectl');
const TAKES_VALUE = new Set(
  (
    '--context --namespace --kubeconfig --request-timeout --filename --kustomize --selector --output --timeout --for --container ' +
    '--dry-run --field-selector --replicas --type --patch --from-literal --from-file --from-env-file --image --overrides --tail --since ' +
    '--grace-period --field-manager --patch-file --port --restart --labels --env --address --to-revision --revision --sort-by --cascade'
  ).split(' '),
);
const LONG = {
  n: 'namespace',
  f: 'filename',
  k: 'kustomize',
  l: 'selector',
  o: 'output',
  c: 'container',
  p: 'patch',
};
// What may stand without a value although it can have one.
const OPTIONAL_VALUE = new Set(['--dry-run', '--cascade']);

class Failure extends Error {}
const changed = () => {
  if (!env.STUB_QUIET) fs.appendFileSync(env.STUB_LOG, `CHANGE kubectl${env.STUB_WORDS}\n`);
};
const print = (text) => fs.writeSync(1, `${text}\n`);

function parse(argv) {
  const words = [];
  const flags = {};
  for (let at = 0; at < argv.length; at++) {
    let word = argv[at];
    if (word === '--') return { words, flags, rest: argv.slice(at + 1) };
    if (!word.startsWith('-') || word === '-') {
      words.push(word);
      continue;
    }
    let value;
    if (!word.startsWith('--')) {
      const letter = word[1];
      if (LONG[letter] !== undefined && word.length > 2) value = word.slice(2).replace(/^=/, '');
      word = `--${LONG[letter] ?? word.slice(1)}`;
    } else if (word.includes('=')) {
      value = word.slice(word.indexOf('=') + 1);
      word = word.slice(0, word.indexOf('='));
    }
    if (value === undefined) value = TAKES_VALUE.has(word) && !OPTIONAL_VALUE.has(word) ? argv[++at] : 'true';
    (flags[word.slice(2)] ??= []).push(value);
  }
  return { words, flags, rest: [] };
}

const { words, flags, rest } = parse(process.argv.slice(2));
const flag = (name) => flags[name]?.at(-1);
const namespaceHere = flag('namespace') ?? 'default';
const dry = flag('dry-run') !== undefined && flag('dry-run') !== 'none';

const CLUSTER_KINDS = new Set(
  (
    'namespace persistentvolume storageclass node clusterrole clusterrolebinding customresourcedefinition priorityclass ingressclass ' +
    'validatingadmissionpolicy validatingadmissionpolicybinding'
  ).split(' '),
);
const SHORT = {
  po: 'pod', svc: 'service', cm: 'configmap', ns: 'namespace', pv: 'persistentvolume', pvc: 'persistentvolumeclaim', sc: 'storageclass',
  sts: 'statefulset', ds: 'daemonset', deploy: 'deployment', sa: 'serviceaccount', netpol: 'networkpolicy', ing: 'ingress',
  hpa: 'horizontalpodautoscaler', pdb: 'poddisruptionbudget', no: 'node', rs: 'replicaset', ep: 'endpoints', cj: 'cronjob', crd: 'customresourcedefinition',
}; // prettier-ignore
function kindOf(word) {
  const kind = word.toLowerCase().split('.')[0];
  if (SHORT[kind] !== undefined) return SHORT[kind];
  if (/(?:policies|classes|ingresses)$/.test(kind))
    return kind.replace(/ies$/, 'y').replace(/(class|ingress)es$/, '$1');
  return kind === 'endpoints' ? kind : kind.replace(/s$/, kind.endsWith('ss') ? 's' : '');
}
const placeOf = (kind, namespace) => (CLUSTER_KINDS.has(kind) ? '_' : namespace);
const fileOf = (kind, name, namespace = namespaceHere) =>
  path.join(root, placeOf(kind, namespace), kind, `${name.replaceAll('/', '_')}.json`);
const read = (file) => (fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : undefined);
function write(file, object) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, `${JSON.stringify(object, null, 1)}\n`);
}
const notFound = (kind, name) => new Failure(`Error from server (NotFound): ${kind}s "${name}" not found`);

/** All objects of a kind that the state has, with what a running cluster adds. */
function list(kind, all = flag('all-namespaces') !== undefined || flag('A') !== undefined) {
  const places = CLUSTER_KINDS.has(kind)
    ? ['_']
    : all
      ? safeList(root).filter((place) => place !== '_')
      : [namespaceHere];
  return places.flatMap((place) => {
    const stored = safeList(path.join(root, place, kind)).map((file) =>
      read(path.join(root, place, kind, file)),
    );
    const made =
      kind === 'pod'
        ? podsOf((other) =>
            safeList(path.join(root, place, other)).map((file) => read(path.join(root, place, other, file))),
          )
        : [];
    return [...stored, ...made].map(observed);
  });
}
const safeList = (folder) => (fs.existsSync(folder) ? fs.readdirSync(folder).sort() : []);

function text(source) {
  if (source === '-') return fs.readFileSync(0, 'utf8');
  if (/^https?:/.test(source)) return `apiVersion: v1\nkind: Manifest\nmetadata: {name: '${source}'}\n`;
  if (!fs.existsSync(source)) throw new Failure(`error: the path "${source}" does not exist`);
  if (!fs.statSync(source).isDirectory()) return fs.readFileSync(source, 'utf8');
  return safeList(source)
    .filter((name) => /\.(?:ya?ml|json)$/.test(name))
    .map((name) => fs.readFileSync(path.join(source, name), 'utf8'))
    .join('\n---\n');
}

/** The documents of -f and -k, filtered by -l. */
function documents() {
  const texts = (flags.filename ?? []).map(text);
  if (flag('kustomize') !== undefined) texts.push(kustomize(flag('kustomize')));
  if (texts.length === 0) throw new Failure('error: must specify one of -f and -k');
  const found = texts.flatMap((each) =>
    parseAllDocuments(each).flatMap((document) => {
      if (document.errors.length > 0)
        throw new Failure(`error: error parsing: ${document.errors[0].message}`);
      const object = document.toJS();
      return object === null || object === undefined ? [] : object.kind === 'List' ? object.items : [object];
    }),
  );
  for (const object of found) {
    if (!object.apiVersion || !object.kind || !object.metadata?.name) {
      throw new Failure(
        `error: error validating data: apiVersion, kind or name not set: ${JSON.stringify(object).slice(0, 200)}`,
      );
    }
  }
  if (found.length === 0) throw new Failure('error: no objects passed to apply');
  return found.filter((object) => matches(object, flag('selector')));
}
const kustomize = (folder) => execFileSync('kustomize', ['build', folder], { encoding: 'utf8' });

const label = (object) =>
  `${object.kind.toLowerCase()}${object.apiVersion.includes('/') ? `.${object.apiVersion.split('/')[0]}` : ''}/${object.metadata.name}`;
const suffix = () => (dry ? ` (${flag('dry-run') === 'client' ? 'dry run' : 'server dry run'})` : '');

function target(object) {
  const kind = kindOf(object.kind);
  const namespace = object.metadata.namespace ?? namespaceHere;
  if (
    !CLUSTER_KINDS.has(kind) &&
    flag('dry-run') !== 'client' &&
    kind !== 'manifest' &&
    !['default', 'kube-system'].includes(namespace) &&
    !fs.existsSync(fileOf('namespace', namespace))
  ) {
    throw new Failure(
      `Error from server (NotFound): error when creating: namespaces "${namespace}" not found`,
    );
  }
  return fileOf(kind, object.metadata.name, namespace);
}

function store(object, verb) {
  const file = target(object);
  const before = read(file);
  if (verb === 'create' && before !== undefined) {
    throw new Failure(`Error from server (AlreadyExists): ${label(object)} already exists`);
  }
  const same = before !== undefined && JSON.stringify(before) === JSON.stringify(object);
  if (!same && !dry) {
    write(file, object);
    changed();
  }
  if (['yaml', 'json'].includes(flag('output'))) show([object]);
  else if (flag('output') === 'name') print(label(object));
  else
    print(
      `${label(object)} ${before === undefined ? 'created' : same ? 'unchanged' : 'configured'}${suffix()}`,
    );
}

function show(objects, wanted = flag('output') ?? '', one = objects.length === 1) {
  const whole = one ? objects[0] : { apiVersion: 'v1', kind: 'List', items: objects };
  if (wanted === 'name') objects.forEach((object) => print(label(object)));
  else if (wanted === 'json') print(JSON.stringify(whole, null, 2));
  else if (wanted === 'yaml') print(stringify(whole).trimEnd());
  else if (wanted.startsWith('jsonpath=')) fs.writeSync(1, jsonPath(whole, wanted.slice('jsonpath='.length)));
  else if (wanted === '' || wanted === 'wide')
    objects.forEach((object) => print(`${label(object)}   ${object.status?.phase ?? ''}`));
  else throw new Failure(`the stub of kubectl does not know the output ${wanted}`);
}

/** KIND NAME…, KIND/NAME…, KIND,KIND -> pairs; the name is undefined for all of a kind. */
function named(args) {
  if (args.length === 0) throw new Failure('error: you must specify the type of resource');
  if (args[0].includes('/'))
    return args.map((arg) => [kindOf(arg.split('/')[0]), arg.slice(arg.indexOf('/') + 1)]);
  return args[0]
    .split(',')
    .flatMap((kind) =>
      args.length === 1 ? [[kindOf(kind), undefined]] : args.slice(1).map((name) => [kindOf(kind), name]),
    );
}

function find(kind, name) {
  return list(kind).find((object) => object.metadata.name === name);
}
function demand(kind, name) {
  const object = find(kind, name);
  if (object === undefined) throw notFound(kind, name);
  return object;
}

const verbs = {
  apply: () => documents().forEach((object) => store(object, 'apply')),
  create() {
    if (flags.filename !== undefined) return documents().forEach((object) => store(object, 'create'));
    const [, kindWord, ...more] = words;
    const kind =
      kindWord === 'secret'
        ? 'Secret'
        : {
            namespace: 'Namespace',
            ns: 'Namespace',
            configmap: 'ConfigMap',
            cm: 'ConfigMap',
            job: 'Job',
            serviceaccount: 'ServiceAccount',
          }[kindWord];
    if (kindWord === 'token') return print('token');
    if (kind === undefined) throw new Failure(`the stub of kubectl does not know: create ${kindWord}`);
    const data = {};
    for (const literal of flags['from-literal'] ?? [])
      data[literal.split('=')[0]] = literal.slice(literal.indexOf('=') + 1);
    for (const source of flags['from-file'] ?? []) {
      const [key, file] = source.includes('=') ? source.split('=') : [path.basename(source), source];
      data[key] = fs.readFileSync(file === '-' ? 0 : file, 'utf8');
    }
    if (kind === 'Secret')
      for (const key of Object.keys(data)) data[key] = Buffer.from(data[key]).toString('base64');
    const object = { apiVersion: kind === 'Job' ? 'batch/v1' : 'v1', kind, metadata: { name: more.at(-1) } };
    if (kind !== 'Namespace') object.metadata.namespace = namespaceHere;
    store(Object.keys(data).length > 0 ? { ...object, data } : object, 'create');
  },
  replace: () => documents().forEach((object) => store(object, 'replace')),
  get() {
    if (flag('raw') !== undefined) return print('ok');
    if (flags.filename !== undefined || flags.kustomize !== undefined) {
      return show(documents().map((object) => demand(kindOf(object.kind), object.metadata.name)));
    }
    const found = [];
    const wanted = named(words.slice(1));
    for (const [kind, name] of wanted) {
      if (name === undefined) found.push(...list(kind).filter((object) => matches(object, flag('selector'))));
      else {
        const object = find(kind, name);
        if (object !== undefined) found.push(object);
        else if (flag('ignore-not-found') === undefined) throw notFound(kind, name);
      }
    }
    const single = wanted.length === 1 && wanted[0][1] !== undefined;
    if (
      found.length === 0 &&
      (single || (!['json', 'yaml'].includes(flag('output')) && !flag('output')?.startsWith('jsonpath')))
    ) {
      if (!single && !flag('output') && flag('ignore-not-found') === undefined)
        process.stderr.write(`No resources found in ${namespaceHere} namespace.\n`);
      return;
    }
    show(found, flag('output') ?? '', single);
  },
  describe() {
    named(words.slice(1)).forEach(([kind, name]) =>
      (name === undefined ? list(kind) : [demand(kind, name)]).forEach((object) => print(stringify(object))),
    );
  },
  delete() {
    const targets =
      flags.filename !== undefined || flags.kustomize !== undefined
        ? documents().map((object) => [kindOf(object.kind), object.metadata.name, object.metadata.namespace])
        : named(words.slice(1)).flatMap(([kind, name]) => {
            if (name !== undefined) return [[kind, name]];
            if (flag('selector') === undefined && flag('all') === undefined)
              throw new Failure('error: resource(s) were provided, but no name was specified');
            return list(kind, false)
              .filter((object) => matches(object, flag('selector')))
              .map((object) => [kind, object.metadata.name]);
          });
    for (const [kind, name, namespace] of targets) {
      const file = fileOf(kind, name, namespace ?? namespaceHere);
      if (!fs.existsSync(file)) {
        // Pods that a workload makes come again; the deletion is a change all the same.
        if (kind === 'pod' && find(kind, name) !== undefined) changed();
        else if (flag('ignore-not-found') === undefined) throw notFound(kind, name);
        continue;
      }
      if (!dry) {
        fs.rmSync(file);
        if (kind === 'namespace') fs.rmSync(path.join(root, name), { recursive: true, force: true });
        changed();
      }
      print(`${kind} "${name}" deleted${suffix()}`);
    }
  },
  diff() {
    let differs = false;
    for (const object of documents()) {
      const before = read(target(object));
      if (JSON.stringify(before) === JSON.stringify(object)) continue;
      differs = true;
      print(`diff ${label(object)}\n${before === undefined ? '+ is new' : '~ differs'}`);
    }
    process.exitCode = differs ? 1 : 0;
  },
  rollout() {
    const [, verb, ...more] = words;
    for (const [kind, name] of named(more)) {
      for (const object of name === undefined
        ? list(kind).filter((each) => matches(each, flag('selector')))
        : [demand(kind, name)]) {
        if (verb !== 'status' && verb !== 'history') changed();
        print(`${kind} "${object.metadata.name}" ${verb === 'status' ? 'successfully rolled out' : verb}`);
      }
    }
  },
  wait() {
    if (flag('for') === 'delete' || flag('for') === 'create') return;
    if (flags.filename !== undefined)
      return documents().forEach((object) => demand(kindOf(object.kind), object.metadata.name));
    named(words.slice(1)).forEach(([kind, name]) => {
      if (name !== undefined) demand(kind, name);
      else if (list(kind).filter((object) => matches(object, flag('selector'))).length === 0)
        throw new Failure('error: no matching resources found');
    });
  },
  exec() {
    const [kind, name] = words[1]?.includes('/') ? named([words[1]])[0] : ['pod', words[1]];
    demand(kind, name);
    if (rest.length === 0)
      throw new Failure('error: you must specify at least one command for the container');
    if (flag('i') !== undefined || flag('stdin') !== undefined || flag('it') !== undefined)
      fs.readFileSync(0);
  },
  logs: () => undefined,
  cp: () => changed(),
  attach: () => undefined,
  top: () => undefined,
  run: () => changed(),
  events: () => undefined,
  'cluster-info': () => print('Kubernetes control plane is running'),
  'api-resources': () => undefined,
  'api-versions': () => undefined,
  'port-forward': () =>
    print(`Forwarding from 127.0.0.1:${words.at(-1).split(':')[0]} -> ${words.at(-1).split(':').at(-1)}`),
  version() {
    const gitVersion = env.STUB_KUBE_VERSION ?? 'v1.35.1';
    const [, major, minor] = /^v(\d+)\.(\d+)/.exec(gitVersion);
    const version = { major, minor, gitVersion };
    if (flag('output') === 'json')
      print(
        JSON.stringify({ clientVersion: version, ...(flag('client') ? {} : { serverVersion: version }) }),
      );
    else print(`Client Version: ${gitVersion}${flag('client') ? '' : `\nServer Version: ${gitVersion}`}`);
  },
  config() {
    const context = env.STUB_CONTEXT ?? 'stub';
    if (words[1] === 'current-context') {
      if (context === '') throw new Failure('error: current-context is not set');
      print(context);
    } else if (words[1] === 'get-contexts') print(context);
    else if (words[1] === 'view')
      fs.writeSync(
        1,
        flag('output')?.startsWith('jsonpath') ? namespaceHere : 'apiVersion: v1\nkind: Config\n',
      );
    else changed();
  },
  auth: () => print('yes'),
  kustomize: () => fs.writeSync(1, kustomize(words[1])),
  scale: () =>
    modify(named(words.slice(1)), (object) => ({
      ...object,
      spec: { ...object.spec, replicas: Number(flag('replicas')) },
    })),
  patch: () =>
    modify(named(words.slice(1)), (object) =>
      merge(
        object,
        parseAllDocuments(flag('patch') ?? fs.readFileSync(flag('patch-file'), 'utf8'))[0].toJS(),
      ),
    ),
  label: () => meta('labels'),
  annotate: () => meta('annotations'),
  cordon: () => nodes(true),
  uncordon: () => nodes(false),
  drain: () => nodes(true),
};

function merge(object, patch) {
  if (patch === null || typeof patch !== 'object' || Array.isArray(patch)) return patch;
  const result = { ...object };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = merge(result[key] ?? {}, value);
  }
  return result;
}

function modify(targets, edit) {
  for (const [kind, name] of targets) {
    const file = fileOf(kind, name);
    const before = read(file);
    if (before === undefined) throw notFound(kind, name);
    const after = edit(before);
    const same = JSON.stringify(before) === JSON.stringify(after);
    if (!same && !dry) {
      write(file, after);
      changed();
    }
    print(`${label(before)} ${same ? 'not changed' : 'changed'}${suffix()}`);
  }
}

function meta(field) {
  const pairs = words.slice(1).filter((word) => word.includes('=') || word.endsWith('-'));
  modify(named(words.slice(1).filter((word) => !pairs.includes(word))), (object) => {
    const values = { ...object.metadata[field] };
    for (const pair of pairs) {
      if (pair.endsWith('-') && !pair.includes('=')) delete values[pair.slice(0, -1)];
      else values[pair.split('=')[0]] = pair.slice(pair.indexOf('=') + 1);
    }
    return { ...object, metadata: { ...object.metadata, [field]: values } };
  });
}

function nodes(unschedulable) {
  for (const name of words.slice(1)) {
    const file = fileOf('node', name);
    const before = read(file) ?? { apiVersion: 'v1', kind: 'Node', metadata: { name }, spec: {} };
    if ((before.spec.unschedulable ?? false) !== unschedulable && !dry) {
      write(file, { ...before, spec: { ...before.spec, unschedulable } });
      changed();
    }
    print(`node/${name} ${unschedulable ? 'cordoned' : 'uncordoned'}`);
  }
}

const verb = verbs[words[0]];
try {
  if (verb === undefined) throw new Failure(`the stub of kubectl does not know: ${words.join(' ')}`);
  verb();
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = words[0] === 'diff' ? 2 : 1;
}
