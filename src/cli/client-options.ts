import { readFileSync } from 'node:fs';
import type { LoadedConfig } from '../config/load.ts';
import type { OptionName } from '../config/options.ts';
import { describeOrigin } from '../config/origin.ts';
import { ConfigError, errorMessage } from '../model/errors.ts';
import type { ClientOptions, TlsOptions } from '../rpc/options.ts';

/**
 * What the client of the master needs, with the PEM files read.
 * @throws ConfigError when one can't be read
 */
export function clientOptions(config: LoadedConfig): ClientOptions {
  const { values } = config;
  return {
    host: values.masterHost,
    port: values.masterPort,
    tls: values.tls ? tlsOptions(config) : null,
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

function tlsOptions(config: LoadedConfig): TlsOptions {
  const { tlsCa, tlsCert, tlsKey, tlsServerName } = config.values;
  if ((tlsCert === null) !== (tlsKey === null)) {
    const [given, missing] = tlsKey === null ? ['tlsCert', 'tlsKey'] : ['tlsKey', 'tlsCert'];
    throw new ConfigError(`${given} is set and ${missing} is not: a client certificate needs both`);
  }
  return {
    ...(tlsCa === null ? {} : { ca: readPem(config, 'tlsCa', tlsCa) }),
    ...(tlsCert === null ? {} : { cert: readPem(config, 'tlsCert', tlsCert) }),
    ...(tlsKey === null ? {} : { key: readPem(config, 'tlsKey', tlsKey) }),
    ...(tlsServerName === null ? {} : { serverName: tlsServerName }),
  };
}

function readPem(config: LoadedConfig, name: OptionName, file: string): string {
  const where = describeOrigin(config.origins[name]);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigError(`${where}: ${file} can't be read: ${errorMessage(error)}`, { cause: error });
  }
  if (!/^-----BEGIN [A-Z0-9 ]+-----\s*$/m.test(text))
    throw new ConfigError(`${where}: ${file} is no PEM file`);
  return text;
}
