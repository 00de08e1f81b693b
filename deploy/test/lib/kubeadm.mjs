// Checks a file of kubeadm configurations: known kinds, and no field that they do not have. kubeadm itself would only warn of an unknown one.
//   node kubeadm.mjs FILE    prints the documents as a JSON array
// The fields: https://kubernetes.io/docs/reference/config-api/kubeadm-config.v1beta4/
import assert from 'node:assert';
import fs from 'node:fs';
import { parseAllDocuments } from 'yaml';

const any = true;
const list = (item) => [item];
const argument = list({ name: any, value: any });
const timeouts = {
  controlPlaneComponentHealthCheck: any,
  kubeletHealthCheck: any,
  kubernetesAPICall: any,
  etcdAPICall: any,
  tlsBootstrap: any,
  discovery: any,
  upgradeManifests: any,
};
const nodeRegistration = {
  name: any,
  criSocket: any,
  taints: any,
  kubeletExtraArgs: argument,
  ignorePreflightErrors: any,
  imagePullPolicy: any,
  imagePullSerial: any,
};
const endpoint = { advertiseAddress: any, bindPort: any };
const common = {
  dryRun: any,
  nodeRegistration,
  skipPhases: any,
  patches: { directory: any },
  timeouts,
};
const component = { extraArgs: argument, extraVolumes: any, extraEnvs: any };
const image = { imageRepository: any, imageTag: any };
const KUBEADM = 'kubeadm.k8s.io/v1beta4';
const KINDS = {
  [`${KUBEADM} InitConfiguration`]: {
    ...common,
    bootstrapTokens: any,
    localAPIEndpoint: endpoint,
    certificateKey: any,
  },
  [`${KUBEADM} ClusterConfiguration`]: {
    etcd: any,
    networking: { serviceSubnet: any, podSubnet: any, dnsDomain: any },
    kubernetesVersion: any,
    controlPlaneEndpoint: any,
    apiServer: { ...component, certSANs: any },
    controllerManager: component,
    scheduler: component,
    dns: { ...image, disabled: any },
    proxy: { disabled: any },
    certificatesDir: any,
    imageRepository: any,
    featureGates: any,
    clusterName: any,
    encryptionAlgorithm: any,
    certificateValidityPeriod: any,
    caCertificateValidityPeriod: any,
  },
  [`${KUBEADM} JoinConfiguration`]: {
    ...common,
    caCertPath: any,
    discovery: {
      bootstrapToken: {
        token: any,
        apiServerEndpoint: any,
        caCertHashes: list(any),
        unsafeSkipCAVerification: any,
      },
      file: { kubeConfigPath: any },
      tlsBootstrapToken: any,
    },
    controlPlane: { localAPIEndpoint: endpoint, certificateKey: any },
  },
  'kubelet.config.k8s.io/v1beta1 KubeletConfiguration': { cgroupDriver: any },
};

function check(value, shape, at) {
  if (shape === any) return;
  if (Array.isArray(shape)) {
    assert(Array.isArray(value), `${at} is a list`);
    value.forEach((item, index) => check(item, shape[0], `${at}[${index}]`));
    return;
  }
  for (const [key, inner] of Object.entries(value)) {
    assert(Object.hasOwn(shape, key), `${at}.${key} is no field of ${KUBEADM}`);
    check(inner, shape[key], `${at}.${key}`);
  }
}

const documents = parseAllDocuments(fs.readFileSync(process.argv[2], 'utf8')).map((each) => {
  assert.deepEqual(each.errors, []);
  return each.toJS();
});
for (const { apiVersion, kind, ...fields } of documents) {
  const shape = KINDS[`${apiVersion} ${kind}`];
  assert(shape !== undefined, `${apiVersion} ${kind} is not known`);
  check(fields, shape, kind);
}
process.stdout.write(`${JSON.stringify(documents)}\n`);
