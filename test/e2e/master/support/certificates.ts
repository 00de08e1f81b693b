import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';

/** True when the command line tool of OpenSSL is here to make certificates. */
export function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Paths of PEM files. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** An authority of that name, which signs others. */
export function makeAuthority(folder: string, name: string): Certificate {
  const made = filesOf(folder, name);
  openssl('req', '-x509', ...NEW_KEY, '-subj', `/CN=${name}`, '-days', '2', ...outputs(made));
  return made;
}

/** A certificate for 127.0.0.1, signed by the authority. */
export function makeCertificate(folder: string, name: string, authority: Certificate): Certificate {
  const made = filesOf(folder, name);
  const request = path.join(folder, `${name}.csr`);
  const extensions = path.join(folder, `${name}.ext`);
  writeFileSync(extensions, 'subjectAltName = IP:127.0.0.1\n');
  openssl('req', '-new', ...NEW_KEY, '-subj', `/CN=${name}`, '-keyout', made.key, '-out', request);
  const signer = ['-CA', authority.cert, '-CAkey', authority.key, '-CAcreateserial'];
  const days = ['-days', '2', '-extfile', extensions];
  openssl('x509', '-req', '-in', request, ...signer, ...days, '-out', made.cert);
  return made;
}

function filesOf(folder: string, name: string): Certificate {
  return { cert: path.join(folder, `${name}.pem`), key: path.join(folder, `${name}-key.pem`) };
}

function outputs({ cert, key }: Certificate): string[] {
  return ['-keyout', key, '-out', cert];
}

function openssl(...args: string[]): void {
  execFileSync('openssl', args, { stdio: 'pipe' });
}
