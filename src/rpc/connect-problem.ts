import { ProtocolError, UnreachableError, errorMessage, systemErrorCode } from '../model/errors.ts';
import { looksLikeTls } from './foreign.ts';
import { CLIENT_OPTIONS, LimitExceededError } from './limits.ts';
import type { ClientOptions, TlsOptions } from './options.ts';

/**
 * A call got no answer, and trying again may get one. `sent` says whether the request may have reached the master. What
 * trying again can't mend, such as a certificate, is a plain UnreachableError: that call has never reached a master.
 */
export class CallFailedError extends UnreachableError {
  readonly sent: boolean;

  constructor(message: string, sent: boolean, options: { hint?: string | undefined; cause?: unknown } = {}) {
    super(message, options);
    this.sent = sent;
  }
}

const CONFIG_HINT = 'is it running? `clic config` shows which address is used, and where that comes from';

const PROBLEMS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'the name could not be looked up',
  EHOSTUNREACH: 'no route to host',
  ENETUNREACH: 'network unreachable',
  ETIMEDOUT: 'timed out',
  EPIPE: 'closed by the other side',
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'it demands a client certificate',
};

/** A system error in words: Node's own texts repeat the call and the address. */
export function connectProblem(error: Error): string {
  const code = systemErrorCode(error);
  // OpenSSL's texts are a line for its developers, with the reason in a field of its own.
  const reason = 'reason' in error && typeof error.reason === 'string' ? error.reason : '';
  const message = [reason, error.message, error.name].find((text) => text !== '') ?? '';
  return (code === undefined ? undefined : PROBLEMS[code]) ?? message;
}

/** The deadline of a call has passed. */
export function tooLate({ host, port, callTimeoutMs }: ClientOptions, sent: boolean): CallFailedError {
  return new CallFailedError(
    `clic-master at ${host}:${port} did not answer within ${callTimeoutMs} ms`,
    sent,
    {
      hint: 'a longer deadline is set by --call-timeout',
    },
  );
}

/** A connection could not be made. */
export function connectFailure(
  address: string,
  problem: string,
  cause: Error | undefined,
  options: ClientOptions,
): UnreachableError {
  const message = `can't reach clic-master at ${address}: ${problem}`;
  const code = cause === undefined ? '' : (systemErrorCode(cause) ?? '');
  if (options.tls === null) return new CallFailedError(message, false, { hint: CONFIG_HINT, cause });
  if (NO_TLS.test(code)) {
    return new UnreachableError(`what answers at ${address} does not speak TLS`, {
      hint: 'leave --tls out, or see whether this is the port meant: `clic config` shows where it comes from',
      cause,
    });
  }
  const hint = tlsHint(code, options.tls);
  if (isTlsRefusal(code)) return new UnreachableError(message, { hint, cause });
  return new CallFailedError(message, false, { hint, cause });
}

/** A connection was lost after its opening. `answered` says whether anything had come over it. */
export function lostFailure(
  message: string,
  cause: Error | null,
  answered: boolean,
  { tls }: ClientOptions,
): UnreachableError {
  if (tls === null || answered) return new CallFailedError(message, true, { hint: CONFIG_HINT, cause });
  const code = cause === null ? '' : (systemErrorCode(cause) ?? '');
  const hint = clientCertificateHint(tls.cert);
  // In TLS 1.3 the client is ready before the server has seen its certificate, or that there is none.
  if (CLIENT_CERTIFICATE.test(code)) return new UnreachableError(message, { hint, cause });
  return new CallFailedError(message, true, { hint, cause });
}

/** What came back can't be read. @param chunk the bytes at which that was seen */
export function unreadable(address: string, cause: unknown, chunk: Buffer, { tls }: ClientOptions): Error {
  if (cause instanceof LimitExceededError) {
    return new ProtocolError(`the answer of clic-master at ${address} is too large: ${cause.message}`, {
      hint: `${CLIENT_OPTIONS[cause.limit]} raises the limit`,
      cause,
    });
  }
  if (tls === null && looksLikeTls(chunk)) return speaksTls(address, cause);
  return new ProtocolError(`what answers at ${address} is no clic-master: ${errorMessage(cause)}`, {
    hint: CONFIG_HINT,
    cause,
  });
}

/** No request gets past a handshake that was not even begun. */
function speaksTls(address: string, cause: unknown): UnreachableError {
  return new UnreachableError(`the master at ${address} speaks TLS`, { hint: 'add --tls', cause });
}

/** The alerts with which a server refuses what a client has shown for a certificate; no request gets past them. */
const CLIENT_CERTIFICATE =
  /^ERR_SSL_.*ALERT_(?:CERTIFICATE_\w+|BAD_CERTIFICATE|UNKNOWN_CA|UNSUPPORTED_CERT\w*)$/;

/** Something else than TLS came back. */
const NO_TLS = /^ERR_SSL_(?:WRONG_VERSION_NUMBER|HTTP_REQUEST|PACKET_LENGTH_TOO_LONG|UNEXPECTED_MESSAGE)$/;

/** What is wrong with the server's certificate: the codes of OpenSSL's X509_V_ERR, and Node's for the name. */
const SERVER_CERTIFICATE =
  /CERT|ISSUER|SIGNATURE|^(?:INVALID_CA|INVALID_PURPOSE|HOSTNAME_MISMATCH|PATH_LENGTH_EXCEEDED|CRL_\w+)$/;

/** True when the two sides could not agree on TLS, which the next attempt would not change. */
function isTlsRefusal(code: string): boolean {
  return code.startsWith('ERR_SSL_') || SERVER_CERTIFICATE.test(code);
}

function tlsHint(code: string, { cert }: TlsOptions): string {
  if (/_ALERT_/.test(code)) return clientCertificateHint(cert);
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID' || code === 'HOSTNAME_MISMATCH') {
    return '--tls-server-name NAME is the name in its certificate, where that is not the host';
  }
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
    return "its certificate has to be renewed there, if this machine's clock is right";
  }
  if (!code.startsWith('ERR_SSL_') && SERVER_CERTIFICATE.test(code)) {
    return '--tls-ca FILE names the authority that signed its certificate';
  }
  return `does it speak TLS? ${CONFIG_HINT}`;
}

function clientCertificateHint(cert: string | undefined): string {
  return cert === undefined
    ? 'where it demands a client certificate, --tls-cert FILE and --tls-key FILE show it one'
    : 'is the certificate of --tls-cert and --tls-key signed by an authority that it accepts?';
}
