import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ConfigError, errorMessage } from '../model/errors.ts';
import type { TlsOptions } from '../rpc/options.ts';
import type { MasterOptions } from './options.ts';

/**
 * The texts of the PEM files that the options name; null when TLS isn't asked for.
 * @throws ConfigError one can't be read, or isn't what it is given for: TLS itself would fail late, or not at all
 */
export function readTls(options: Pick<MasterOptions, 'tlsCert' | 'tlsKey' | 'tlsCa'>): TlsOptions | null {
  const { tlsCert, tlsKey, tlsCa } = options;
  if (tlsCert === undefined || tlsKey === undefined) return null;
  const cert = readPem('--tls-cert', tlsCert);
  const key = readPem('--tls-key', tlsKey);
  if (!certificateOf('--tls-cert', tlsCert, cert).checkPrivateKey(privateKeyOf('--tls-key', tlsKey, key))) {
    throw new ConfigError(`--tls-key ${tlsKey} is not the key of the certificate --tls-cert ${tlsCert}`);
  }
  if (tlsCa === undefined) return { cert, key };
  const ca = readPem('--tls-ca', tlsCa);
  certificateOf('--tls-ca', tlsCa, ca);
  return { cert, key, ca };
}

function readPem(flag: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new ConfigError(`${flag} ${path} can't be read: ${errorMessage(error)}`, { cause: error });
  }
}

function certificateOf(flag: string, path: string, pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (error) {
    throw new ConfigError(`${flag} ${path} is no certificate in PEM: ${errorMessage(error)}`, {
      cause: error,
    });
  }
}

function privateKeyOf(flag: string, path: string, pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (error) {
    throw new ConfigError(`${flag} ${path} is no unencrypted private key in PEM: ${errorMessage(error)}`, {
      cause: error,
    });
  }
}
