import type { V1Container, V1PodSpec } from '@kubernetes/client-node';

/**
 * What a plan says of the pod of a stage beside its image, command and literal variables: in Kubernetes' own terms
 * (core/v1), with parameters put in. It was checked to have the shape that Kubernetes takes, and nothing more.
 */
export interface PodSettings {
  /** Of the container that runs the stage. Its `env` has the variables that are no literals. */
  readonly container: Readonly<Partial<V1Container>>;
  /** Of the pod. Its `initContainers` run before the stage; those that `restartPolicy: Always` has run beside it. */
  readonly pod: Readonly<Partial<V1PodSpec>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** `podSpecPatch`: laid over all else, as a strategic merge. A null in it removes what it stands for. */
  readonly patch: Readonly<Partial<V1PodSpec>> | null;
}
