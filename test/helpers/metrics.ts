const NAME = String.raw`(?!\d)[\w:]+`;
const HELP = new RegExp(`^# HELP ${NAME} .+$`);
const TYPE = new RegExp(`^# TYPE (${NAME}) (counter|gauge|histogram|summary|untyped)$`);
const SAMPLE = new RegExp(
  String.raw`^(${NAME})((?:\{\w+="(?:[^"\\]|\\.)*"(?:,\w+="(?:[^"\\]|\\.)*")*\})?) (\S+)$`,
);

/**
 * Reads the text format of Prometheus (0.0.4), and fails at any line that is not of it, at samples of no known type, and at
 * those that come twice. Go, in which Prometheus is written, reads `Nan` too.
 */
export function parseMetrics(text: string): {
  readonly types: ReadonlyMap<string, string>;
  /** By name and labels, as they stand there. */
  readonly samples: ReadonlyMap<string, number>;
} {
  const types = new Map<string, string>();
  const samples = new Map<string, number>();
  for (const line of text.split('\n')) {
    if (line === '' || HELP.test(line)) continue;
    const type = TYPE.exec(line);
    if (type !== null) {
      types.set(type[1] ?? '', type[2] ?? '');
      continue;
    }
    const [, name = '', labels = '', shown = ''] = SAMPLE.exec(line) ?? [];
    const value = { '+Inf': Infinity, '-Inf': -Infinity }[shown] ?? Number(shown);
    if (name === '' || (Number.isNaN(value) && !/^nan$/i.test(shown))) throw new Error(`no metric: ${line}`);
    if (!types.has(name) && !types.has(name.replace(/_(?:bucket|sum|count)$/, '')))
      throw new Error(`of no type: ${line}`);
    if (samples.has(name + labels)) throw new Error(`twice: ${line}`);
    samples.set(name + labels, value);
  }
  return { types, samples };
}
