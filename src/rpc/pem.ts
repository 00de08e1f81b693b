import { ConfigError, errorMessage } from '../model/errors.ts';
import type { TlsOptions } from './options.ts';

/** A PEM file that was read. `where` is how messages call it, such as `--tls-ca ca.pem`. */
export interface PemFile {
  readonly where: string;
  readonly text: string;
}

/** The files that TLS is told to use, where they are given. */
export interface PemFiles {
  readonly ca?: PemFile | undefined;
  readonly cert?: PemFile | undefined;
  readonly key?: PemFile | undefined;
}

const CERTIFICATE = /-----BEGIN ((?:X509 |TRUSTED )?CERTIFICATE)-----[\s\S]*?-----END \1-----/g;

/**
 * The texts of the files, each of which is what it is given for: TLS itself would fail late, or not at all.
 * @throws ConfigError naming the file
 */
export async function checkedPem({
  ca,
  cert,
  key,
}: PemFiles): Promise<Pick<TlsOptions, 'ca' | 'cert' | 'key'>> {
  // Loading it takes longer than a call, and most do without.
  const { createPrivateKey, X509Certificate } = await import('node:crypto');
  const read = <T>(file: PemFile, what: string, parse: (text: string) => T): T => {
    try {
      return parse(file.text);
    } catch (error) {
      throw new ConfigError(`${file.where} is no ${what} in PEM: ${errorMessage(error)}`, { cause: error });
    }
  };
  const certificate = (text: string) => new X509Certificate(text);

  if (ca !== undefined) {
    // A file may hold several authorities, and TLS passes over those that it can't read.
    for (const text of ca.text.match(CERTIFICATE) ?? [ca.text])
      read({ ...ca, text }, 'certificate', certificate);
  }
  const shown = cert === undefined ? null : read(cert, 'certificate', certificate);
  const privateKey = key === undefined ? null : read(key, 'unencrypted private key', createPrivateKey);
  if (
    cert !== undefined &&
    key !== undefined &&
    privateKey !== null &&
    shown?.checkPrivateKey(privateKey) !== true
  ) {
    throw new ConfigError(`${key.where} is not the key of the certificate ${cert.where}`);
  }
  return {
    ...(ca === undefined ? {} : { ca: ca.text }),
    ...(cert === undefined ? {} : { cert: cert.text }),
    ...(key === undefined ? {} : { key: key.text }),
  };
}
