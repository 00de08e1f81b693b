import { describe, expect, it } from 'vitest';
import { planWithTemplate, lintText } from '../lint-text.ts';

/** What is found in a template with these lines, as `line:column message; hint`. */
async function found(lines: string, executor?: 'kubernetes' | 'process'): Promise<string[]> {
  const text = planWithTemplate(`container: {image: i, command: [run]}\n${lines}`);
  const { diagnostics } = await lintText(text, { executor });
  return diagnostics.map(
    ({ line, column, message, hint }) =>
      `${line}:${column} ${message}${hint === undefined ? '' : `; ${hint}`}`,
  );
}
const T = 'the template "x-template"';

describe('settings of a pod that Kubernetes does not take', () => {
  it.each([
    ['nodeSelctor: {disk: ssd}', `7:5 ${T} has the unknown key "nodeSelctor"; did you mean "nodeSelector"?`],
    [
      'tolerations:\n- {key: a, efect: NoSchedule}',
      `8:16 tolerations[0] of ${T} has no field "efect" in Kubernetes; did you mean "effect"?`,
    ],
    [
      'tolerations: [{key: a, effect: NoShedule}]',
      `7:36 tolerations[0].effect of ${T} must be NoExecute, NoSchedule or PreferNoSchedule, but is "NoShedule"`,
    ],
    ['nodeSelector: ssd', `7:19 nodeSelector of ${T} must be a mapping, but is "ssd"`],
    ['tolerations: {key: a}', `7:18 tolerations of ${T} must be a list, but is a mapping`],
    [
      'volumes: [{name: a, emptyDir: {}}, ]\ntolerations: [null]',
      `8:19 tolerations[0] of ${T} must be a value, but is empty`,
    ],
    ['nodeSelector: {a: [b]}', `7:23 nodeSelector.a of ${T} must be a single value, but is a list`],
    [
      'securityContext: {fsGroup: "7"}',
      `7:32 securityContext.fsGroup of ${T} must be a whole number, but is "7"`,
    ],
    [
      'securityContext: {fsGroup: 1.5}',
      `7:32 securityContext.fsGroup of ${T} must be a whole number, but is "1.5"`,
    ],
    [
      'automountServiceAccountToken: "false"',
      `7:35 automountServiceAccountToken of ${T} must be true or false, but is "false"`,
    ],
    [
      'volumes: [{name: a, emptyDir: {sizeLimit: 1 GiB}}]',
      `7:47 volumes[0].emptyDir.sizeLimit of ${T} must be a quantity, such as 500m or 1Gi, but is "1 GiB"`,
    ],
    [
      'volumes: [{name: A_b, emptyDir: {}}]',
      `7:22 volumes[0].name of ${T} must be a name of a-z, 0-9 and '-', at most 63 of them, but is "A_b"`,
    ],
    ['initContainers: [{name: a}]', `7:22 initContainers[0] of ${T} has no "image"`],
    [
      'sidecars: [{name: a, image: b, mirrorVolumeMounts: true}]',
      `7:36 sidecars[0] of ${T} has no field "mirrorVolumeMounts" in Kubernetes; did you mean "volumeMounts"?`,
    ],
    ['metadata: {name: a}', `7:16 metadata of ${T} has no field "name" in Kubernetes`],
    [
      'metadata: {labels: {a: "b c"}}',
      `7:28 metadata.labels.a of ${T} must be at most 63 letters, digits, '-', '_' and '.', and begin and end with a letter or digit, but is "b c"`,
    ],
    [
      'metadata: {labels: {__proto__: x}}',
      `7:25 "__proto__" can't be a key in metadata.labels of ${T}; write [<domain>/]<name>, of letters, digits, '-', '_' and '.'`,
    ],
  ])('are errors where they stand: %s', async (lines, expected) => {
    expect(await found(lines, 'kubernetes')).toEqual([expected]);
  });

  it('are warnings that name the executor where nobody knows what will run the plan', async () => {
    expect(await found('nodeSelector: ssd')).toEqual([
      `7:5 ${T}: "nodeSelector" is ignored (process executor); stages run on the machine of clic-master`,
      `7:19 nodeSelector of ${T} must be a mapping, but is "ssd" (kubernetes executor)`,
    ]);
  });

  it('keep a process from running only where it would run something else', async () => {
    expect(
      await found('sidecars: [{name: a, image: b}]\ninitContainers: [{name: b, image: c}]', 'process'),
    ).toEqual([
      `7:5 ${T}: "sidecars" can't be carried out; start what they run from the command, or beside clic-master`,
      `8:5 ${T}: "initContainers" can't be carried out; run what they do as a part of the command`,
    ]);
  });
});

describe('settings of a pod that a plan builder writes', () => {
  it.each([
    'metadata: {creationTimestamp: null}',
    'volumes: [{name: a, emptyDir: {medium: null}}]',
    'nodeSelector: {kubernetes.io/os: linux, n: 7, yes: true}',
    'tolerations: [{operator: Exists}]',
    'volumes: [{name: a, csi: {driver: d, volumeAttributes: {"any key": x, __proto__: y}}}]',
    'volumes: [{name: a, ephemeral: {volumeClaimTemplate: {spec: {resources: {requests: {storage: 1e3}}}}}}]',
  ])('are taken: %s', async (lines) => {
    expect(await found(lines, 'kubernetes')).toEqual([]);
  });

  it('have keys such as __proto__ as plain data', async () => {
    const lines = 'volumes: [{name: a, csi: {driver: d, volumeAttributes: {__proto__: y, constructor: z}}}]';
    const text = planWithTemplate(`container: {image: i, command: [run]}\n${lines}`);
    const { plan } = await lintText(text, { executor: 'kubernetes' });
    expect(JSON.stringify(plan?.stages[0]?.pod?.pod.volumes?.[0]?.csi?.volumeAttributes)).toBe(
      '{"__proto__":"y","constructor":"z"}',
    );
  });
});
