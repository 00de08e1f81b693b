import { readFileSync } from 'node:fs';
import { ConfigError, errorMessage } from '../model/errors.ts';
import type { TlsOptions } from '../rpc/options.ts';
import { checkedPem, type PemFile } from '../rpc/pem.ts';
import type { MasterOptions } from './options.ts';

/**
 * The texts of the PEM files that the options name; null when TLS isn't asked for.
 * @throws ConfigError one can't be read, or isn't what it is given for
 */
export async function readTls(
  options: Pick<MasterOptions, 'tlsCert' | 'tlsKey' | 'tlsCa'>,
): Promise<TlsOptions | null> {
  const { tlsCert, tlsKey, tlsCa } = options;
  if (tlsCert === null || tlsKey === null) return null;
  return checkedPem({
    cert: readPem('--tls-cert', tlsCert),
    key: readPem('--tls-key', tlsKey),
    ca: tlsCa === null ? undefined : readPem('--tls-ca', tlsCa),
  });
}

function readPem(flag: string, path: string): PemFile {
  const where = `${flag} ${path}`;
  try {
    return { where, text: readFileSync(path, 'utf8') };
  } catch (error) {
    throw new ConfigError(`${where} can't be read: ${errorMessage(error)}`, { cause: error });
  }
}
