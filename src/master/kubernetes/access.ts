import { readFileSync } from 'node:fs';
import type { RequestOptions } from 'node:https';
import { dirname, join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { ConfigError } from '../../model/errors.ts';
import { problemOf, readNamedFile } from '../named-file.ts';

/** Where an API server is, and how to prove who we are. */
export interface Access {
  /** Its address, such as `https://10.0.0.1:6443`. */
  readonly server: string;
  /** The namespace that is meant where none is named. */
  readonly namespace: string;
  /** True in a pod, with the pod's own account. */
  readonly isInCluster: boolean;
  /** What the next request needs: certificates and credentials are read again, as they are replaced while we run. */
  credentials(): Promise<Credentials>;
}

/** Of one request. */
export type Credentials = Pick<
  RequestOptions,
  'ca' | 'cert' | 'key' | 'pfx' | 'passphrase' | 'rejectUnauthorized' | 'servername' | 'auth'
> & { readonly headers: Readonly<Record<string, string>>; readonly proxyAgent: RequestOptions['agent'] };

/** Where Kubernetes puts the account of a pod. */
const ACCOUNT_DIR = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * Access by the file that is named, or else as the pod that we are, or else as kubectl has it (`$KUBECONFIG`,
 * `~/.kube/config`).
 * @throws ConfigError there is none, or it can't be read or used
 */
export async function openAccess(
  kubeconfig: string | null,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Access> {
  const config = new KubeConfig();
  const isInCluster = kubeconfig === null && namespaceOfPod() !== null && 'KUBERNETES_SERVICE_HOST' in env;
  const from =
    kubeconfig ?? (isInCluster ? 'the account of this pod' : (env['KUBECONFIG'] ?? '~/.kube/config'));
  try {
    if (kubeconfig !== null) {
      config.loadFromString(await readNamedFile(kubeconfig, 'kubeconfig'));
      config.makePathsAbsolute(dirname(kubeconfig));
    } else if (isInCluster) config.loadFromCluster();
    else config.loadFromDefault();
  } catch (error) {
    throw noAccess(error instanceof Error ? `${from}: ${problemOf(error)}` : from, error);
  }
  const { server, skipTLSVerify = false } = config.getCurrentCluster() ?? {};
  if (server === undefined || !URL.canParse(server)) throw noAccess(`${from} names no API server`);
  // The library would refuse each request. It assumes http://localhost:8080 where there is no kubeconfig at all.
  if (new URL(server).protocol === 'http:' && !skipTLSVerify)
    throw noAccess(`${from} names no API server with TLS`);
  const namespace = config.getContextObject(config.getCurrentContext())?.namespace;
  return {
    server,
    namespace: namespace ?? (isInCluster ? namespaceOfPod() : null) ?? 'default',
    isInCluster,
    credentials: () => credentialsOf(config),
  };
}

/** The namespace of the pod that we are; null where we are none. */
export function namespaceOfPod(): string | null {
  try {
    return readFileSync(join(ACCOUNT_DIR, 'namespace'), 'utf8').trim() || null;
  } catch {
    return null;
  }
}

async function credentialsOf(config: KubeConfig): Promise<Credentials> {
  const options: RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  const { ca, cert, key, pfx, passphrase, rejectUnauthorized, servername, auth, agent } = options;
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    if (name.toLowerCase() !== 'user-agent' && typeof value === 'string') headers[name] = value;
  }
  const isProxied = config.getCurrentCluster()?.proxyUrl !== undefined;
  return {
    ...{ ca, cert, key, pfx, passphrase, rejectUnauthorized, servername, auth },
    headers,
    // The library keeps its agent, with the certificates of its first request; only a proxy can't do without it.
    proxyAgent: isProxied ? agent : undefined,
  };
}

function noAccess(problem: string, cause?: unknown): ConfigError {
  return new ConfigError(`the API server of Kubernetes can't be used: ${problem}`, {
    hint: 'name a kubeconfig with --kubeconfig, or run clic-master in the cluster, with a service account',
    ...(cause === undefined ? {} : { cause }),
  });
}
