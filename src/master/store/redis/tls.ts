import { readFile } from 'node:fs/promises';
import { ConfigError, errorMessage, systemErrorCode } from '../../../model/errors.ts';
import { checkedPem, type PemFile } from '../../../rpc/pem.ts';
import type { RedisTls } from './settings.ts';

/**
 * The texts of the PEM files.
 * @throws ConfigError one can't be read, or isn't what it is given for
 */
export async function readRedisTls({ ca, cert, key }: RedisTls): ReturnType<typeof checkedPem> {
  return checkedPem({
    ca: await readPem('--redis-tls-ca', ca),
    cert: await readPem('--redis-tls-cert', cert),
    key: await readPem('--redis-tls-key', key),
  });
}

/** What to do about an error of TLS, which trying again would not change; null for all others. */
export function tlsHintFor(thrown: unknown): string | null {
  const code = systemErrorCode(thrown) ?? '';
  if (/^ERR_SSL_.*_ALERT_/.test(code))
    return 'where it demands a certificate, --redis-tls-cert FILE and --redis-tls-key FILE show it one, signed by an authority that it accepts';
  if (code.startsWith('ERR_SSL_'))
    return 'does it speak TLS on this port? redis:// in --redis-url is without';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return 'name it in --redis-url as its certificate does; sentinels have to announce the names or addresses that are in the certificates';
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID')
    return "its certificate has to be renewed, if this machine's clock is right";
  // Codes of OpenSSL's X509_V_ERR.
  if (/CERT|ISSUER|SIGNATURE|^INVALID_/.test(code))
    return '--redis-tls-ca FILE names the authority that signed its certificate';
  return null;
}

async function readPem(flag: string, path: string | null): Promise<PemFile | undefined> {
  if (path === null) return undefined;
  const where = `${flag} ${path}`;
  try {
    return { where, text: await readFile(path, 'utf8') };
  } catch (error) {
    throw new ConfigError(`${where} can't be read: ${errorMessage(error)}`, { cause: error });
  }
}
