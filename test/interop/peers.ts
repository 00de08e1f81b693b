import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { works } from '../helpers/needs.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const idl = path.join(here, '../../idl/scheduler_service.thrift');
const run = promisify(execFile);

/** A program in another language that speaks the protocol in both roles, by stubs generated from idl/. */
export interface PeerLanguage {
  readonly name: string;
  /** null when everything it needs is on this machine, or what is missing. */
  readonly missing: string | null;
  /** Generates and compiles; once, before anything else. */
  prepare(): Promise<void>;
  /** Calls a method of a master, and returns what it printed. */
  call(port: number, method: string, ...args: string[]): Promise<string>;
  /** Starts a master, and returns its port. */
  serve(): Promise<number>;
  close(): void;
}

/** The system's Python: its packages come from Debian, others' from anywhere. */
const PYTHON = '/usr/bin/python3';
const JARS = '/usr/share/java';

abstract class Peer {
  folder = '';
  readonly #children: ChildProcess[] = [];

  async generate(generator: string): Promise<void> {
    this.folder = mkdtempSync(path.join(tmpdir(), 'clic-interop-'));
    await run('thrift', ['-r', '--gen', generator, '-out', this.folder, idl]);
  }

  async start(command: string, args: readonly string[]): Promise<number> {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'] });
    this.#children.push(child);
    const line = await new Promise<string>((resolve, reject) => {
      child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString()));
      child.once('exit', () => reject(new Error(`${command} ended before it listened`)));
    });
    return Number(line);
  }

  close(): void {
    for (const child of this.#children) child.kill('SIGKILL');
    if (this.folder !== '') rmSync(this.folder, { recursive: true, force: true });
  }
}

export class PythonPeer extends Peer implements PeerLanguage {
  readonly name = 'Python';
  readonly missing = !works('thrift', '--version')
    ? 'the Thrift compiler (thrift-compiler)'
    : works(PYTHON, '-c', 'import thrift')
      ? null
      : `python3-thrift for ${PYTHON}`;

  prepare(): Promise<void> {
    return this.generate('py');
  }

  async call(port: number, method: string, ...args: string[]): Promise<string> {
    const { stdout } = await run(PYTHON, [
      path.join(here, 'peer_client.py'),
      '127.0.0.1',
      String(port),
      this.folder,
      method,
      ...args,
    ]);
    return stdout.trim();
  }

  serve(): Promise<number> {
    return this.start(PYTHON, [path.join(here, 'peer_server.py'), this.folder]);
  }
}

export class JavaPeer extends Peer implements PeerLanguage {
  readonly name = 'Java';
  readonly #classPath = ['thrift.jar', 'slf4j-api.jar'].map((jar) => path.join(JARS, jar));
  readonly missing = !works('thrift', '--version')
    ? 'the Thrift compiler (thrift-compiler)'
    : !works('javac', '-version')
      ? 'javac (default-jdk-headless)'
      : this.#classPath.every((jar) => existsSync(jar))
        ? null
        : 'libthrift (libthrift-java)';

  async prepare(): Promise<void> {
    await this.generate('java:generated_annotations=suppress');
    const sources = readdirSync(this.folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.java'))
      .map((name) => path.join(this.folder, name));
    const own = ['PeerClient.java', 'PeerServer.java'].map((name) => path.join(here, name));
    const classPath = this.#classPath.join(':');
    await run('javac', [
      '-encoding',
      'UTF-8',
      '-nowarn',
      '-cp',
      classPath,
      '-d',
      this.folder,
      ...sources,
      ...own,
    ]);
  }

  async call(port: number, method: string, ...args: string[]): Promise<string> {
    const { stdout } = await run('java', [...this.#java('PeerClient'), String(port), method, ...args]);
    return stdout.trim();
  }

  serve(): Promise<number> {
    return this.start('java', this.#java('PeerServer'));
  }

  #java(main: string): string[] {
    return [
      '-Xshare:auto',
      '-XX:TieredStopAtLevel=1',
      '-cp',
      [this.folder, ...this.#classPath].join(':'),
      main,
    ];
  }
}
