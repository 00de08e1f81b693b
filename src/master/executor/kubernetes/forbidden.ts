import { type Json, listOf, objectOf, textOf } from '../../kubernetes/json.ts';
import type { Allowed } from './pod-template.ts';

/**
 * What a pod has that plans may not use, for people; empty where nothing is wrong. To be asked of the pod as it would be
 * created, since that is what counts, from wherever it came.
 * @param template the pod's template, which may have whatever it likes
 */
export function forbidden(spec: Json, template: Json, allow: Allowed): string[] {
  const granted = new Set(findings(template, allow));
  return findings(spec, allow).filter((finding) => !granted.has(finding));
}

function findings(spec: Json, allow: Allowed): string[] {
  return [...new Set([...ofPod(spec, allow), ...ofVolumes(spec, allow), ...ofContainers(spec, allow)])];
}

function* ofPod(spec: Json, allow: Allowed): Generator<string> {
  for (const field of ['serviceAccountName', 'serviceAccount']) {
    const account = textOf(spec[field]);
    if (account !== null && !has(allow.serviceAccounts, account)) yield `the service account ${account}`;
  }
  if (spec['automountServiceAccountToken'] === true) yield 'a token of its service account';
  if (textOf(spec['nodeName']) !== null) yield 'nodeName';
  if (textOf(spec['priorityClassName'])?.startsWith('system-') === true) yield 'a priority of the system';
  for (const field of ['hostNetwork', 'hostPID', 'hostIPC']) {
    if (spec[field] === true && !allow.hostNamespaces) yield field;
  }
  if (spec['hostUsers'] === true && !allow.hostNamespaces) yield 'hostUsers';
  for (const { name } of listOf(spec['imagePullSecrets']).map(objectOf)) yield* secret(name, allow);
  const context = objectOf(spec['securityContext']);
  if (listOf(context['sysctls']).length > 0 && !allow.privileged) yield 'sysctls';
  yield* unconfined('the pod', context, allow);
}

function* ofVolumes(spec: Json, allow: Allowed): Generator<string> {
  for (const volume of listOf(spec['volumes']).map(objectOf)) {
    for (const type of Object.keys(volume).filter((field) => field !== 'name')) {
      const source = objectOf(volume[type]);
      if (type === 'hostPath') {
        const path = textOf(source['path']) ?? '';
        if (!allow.hostPaths.some((folder) => isWithin(path, folder))) yield `the folder ${path} of the node`;
      } else if (!has(allow.volumeTypes, type)) yield `a volume of the type ${type}`;
      yield* sourceOf(type, source, allow);
      if (type !== 'projected') continue;
      for (const part of listOf(source['sources']).map(objectOf)) {
        for (const kind of Object.keys(part)) {
          if (kind === 'serviceAccountToken') yield 'a token of its service account';
          else if (kind === 'clusterTrustBundle' || kind === 'podCertificate')
            yield `a volume of the type ${kind}`;
          else yield* sourceOf(kind, objectOf(part[kind]), allow);
        }
      }
    }
  }
}

/** What a volume, or a part of a projected one, takes its files from. */
function* sourceOf(type: string, source: Json, allow: Allowed): Generator<string> {
  if (type === 'secret') yield* secret(source['secretName'] ?? source['name'], allow);
  if (type === 'configMap') yield* configMap(source['name'], allow);
  const claim = type === 'persistentVolumeClaim' ? (textOf(source['claimName']) ?? '') : null;
  if (claim !== null && !has(allow.claims, claim)) yield `the volume claim ${claim}`;
}

function* ofContainers(spec: Json, allow: Allowed): Generator<string> {
  for (const field of ['containers', 'initContainers', 'ephemeralContainers']) {
    for (const container of listOf(spec[field]).map(objectOf)) {
      const who = `the container ${textOf(container['name']) ?? ''}`;
      yield* unconfined(who, objectOf(container['securityContext']), allow);
      if (listOf(container['ports']).some((port) => Number(objectOf(port)['hostPort'] ?? 0) !== 0))
        if (!allow.hostNamespaces) yield `a port of the node for ${who}`;
      for (const variable of listOf(container['env']).map(objectOf)) {
        const from = objectOf(variable['valueFrom']);
        if ('secretKeyRef' in from) yield* secret(objectOf(from['secretKeyRef'])['name'], allow);
        if ('configMapKeyRef' in from) yield* configMap(objectOf(from['configMapKeyRef'])['name'], allow);
      }
      for (const from of listOf(container['envFrom']).map(objectOf)) {
        if ('secretRef' in from) yield* secret(objectOf(from['secretRef'])['name'], allow);
        if ('configMapRef' in from) yield* configMap(objectOf(from['configMapRef'])['name'], allow);
      }
    }
  }
}

function* unconfined(who: string, context: Json, allow: Allowed): Generator<string> {
  for (const capability of listOf(objectOf(context['capabilities'])['add'])) {
    if (!has(allow.capabilities, String(capability))) yield `the capability ${String(capability)} for ${who}`;
  }
  if (allow.privileged) return;
  if (context['privileged'] === true) yield `privileged for ${who}`;
  if (context['allowPrivilegeEscalation'] === true) yield `allowPrivilegeEscalation for ${who}`;
  if ((textOf(context['procMount']) ?? 'Default') !== 'Default') yield `procMount for ${who}`;
  for (const profile of ['seccompProfile', 'appArmorProfile']) {
    const type = textOf(objectOf(context[profile])['type']) ?? 'RuntimeDefault';
    if (type !== 'RuntimeDefault') yield `the ${profile} ${type} for ${who}`;
  }
  if ('seLinuxOptions' in context) yield `seLinuxOptions for ${who}`;
  if ('windowsOptions' in context) yield `windowsOptions for ${who}`;
}

function* secret(name: unknown, allow: Allowed): Generator<string> {
  if (!has(allow.secrets, textOf(name) ?? '')) yield `the secret ${textOf(name) ?? ''}`;
}

function* configMap(name: unknown, allow: Allowed): Generator<string> {
  if (!has(allow.configMaps, textOf(name) ?? '')) yield `the config map ${textOf(name) ?? ''}`;
}

function has(names: readonly string[], name: string): boolean {
  return names.includes('*') || names.includes(name);
}

/** Kubernetes refuses paths with `..` by itself; here they are in no folder at all. */
function isWithin(path: string, folder: string): boolean {
  const base = folder.replace(/\/$/, '');
  return !path.split('/').includes('..') && (path === base || path.startsWith(`${base}/`));
}
