import { readFileSync } from 'node:fs';
import type { LoadedConfig } from '../config/load.ts';
import type { OptionName } from '../config/options.ts';
import { describeOrigin } from '../config/origin.ts';
import { ConfigError, errorMessage } from '../model/errors.ts';
import type { ClientOptions, TlsOptions } from '../rpc/options.ts';
import { checkedPem, type PemFile } from '../rpc/pem.ts';

/**
 * What the client of the master needs, with the PEM files read.
 * @throws ConfigError when one can't be read, or isn't what it is given for
 */
export async function clientOptions(config: LoadedConfig): Promise<ClientOptions> {
  const { values } = config;
  return {
    host: values.masterHost,
    port: values.masterPort,
    tls: values.tls ? await tlsOptions(config) : null,
    connectTimeoutMs: values.connectTimeout,
    callTimeoutMs: values.callTimeout,
    readRetries: values.readRetries,
    limits: {
      maxMessageBytes: values.maxReplyBytes,
      maxStringBytes: values.maxStringBytes,
      maxContainerSize: values.maxContainerSize,
      maxDepth: values.maxDepth,
    },
  };
}

async function tlsOptions(config: LoadedConfig): Promise<TlsOptions> {
  const { tlsCa, tlsCert, tlsKey, tlsServerName } = config.values;
  if ((tlsCert === null) !== (tlsKey === null)) {
    const [given, missing] = tlsKey === null ? ['tlsCert', 'tlsKey'] : ['tlsKey', 'tlsCert'];
    throw new ConfigError(`${given} is set and ${missing} is not: a client certificate needs both`);
  }
  return {
    ...(await checkedPem({
      ca: readPem(config, 'tlsCa', tlsCa),
      cert: readPem(config, 'tlsCert', tlsCert),
      key: readPem(config, 'tlsKey', tlsKey),
    })),
    ...(tlsServerName === null ? {} : { serverName: tlsServerName }),
  };
}

function readPem(config: LoadedConfig, name: OptionName, file: string | null): PemFile | undefined {
  if (file === null) return undefined;
  const where = `${describeOrigin(config.origins[name])}: ${file}`;
  try {
    return { where, text: readFileSync(file, 'utf8') };
  } catch (error) {
    throw new ConfigError(`${where} can't be read: ${errorMessage(error)}`, { cause: error });
  }
}
