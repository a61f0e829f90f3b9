/**
 * Where the embedded cluster answers otherwise than a real one, and why it may. The suite fails as soon as one of these is no
 * longer seen, so that the list stays true.
 */

export interface Difference {
  /** Names of cases; `*` stands for any text. */
  cases: string;
  /** Paths in their answers, with `*` likewise. */
  paths: readonly string[];
  /** What the real cluster's value looks like as JSON, where the path alone would cover too much. */
  real?: RegExp;
  reason: string;
}

/** The recorded cluster is newer than the version that the embedded one follows. */
const NEWER: readonly Difference[] = [
  {
    cases: 'pods/*',
    paths: ['*conditions[2]'],
    real: /PodSandboxNotReady/,
    reason: 'The reason PodSandboxNotReady came after 1.35.',
  },
  {
    cases: 'defaults/a StatefulSet',
    paths: ['body.spec.updateStrategy.rollingUpdate.maxUnavailable'],
    reason: 'MaxUnavailableStatefulSet is on from 1.37; until then the field does not exist for users.',
  },
  {
    cases: 'validation/names of objects',
    paths: ['[3].*'],
    reason: 'Names of Services may begin with a digit from 1.36.',
  },
];

/** What pods, being processes of this machine, cannot have. */
const PROCESSES: readonly Difference[] = [
  {
    cases: '*',
    paths: ['*.volumes', '*.volumes[7]', '*ontainers[0].volumeMounts'],
    real: /kube-api-access/,
    reason:
      'Pods get no token: nothing can be mounted at a fixed path for a process, and no pod of the lab speaks to the API.',
  },
  {
    cases: 'streams/kubectl describe pod',
    paths: ['*'],
    real: /kube-api-access|Type: Projected|TokenExpiration|ConfigMap(Name|Optional)|DownwardAPI|Volumes:/,
    reason: 'The volume of the token, which pods do not get, is missing from the description.',
  },
  {
    cases: 'pods/environment',
    paths: ['[10]'],
    reason: 'There is no Service `kubernetes`, as pods have no token to use it with.',
  },
  {
    cases: 'services/names in DNS',
    paths: ['[5]'],
    reason: 'There is no Service `kubernetes`, as pods have no token to use it with.',
  },
  {
    cases: '*',
    paths: ['*warnings', '*warnings[*'],
    real: /^undefined$|violate PodSecurity ..?baseline/,
    reason: 'The embedded cluster warns of fields that have no effect in it (host namespaces, NetworkPolicies).',
  },
  {
    cases: 'nodes/a node',
    paths: ['allocatable[*', 'capacity[*', 'nodeInfo[*'],
    reason: 'Nodes have no huge pages and no user namespaces.',
  },
  {
    cases: 'defaults/a LoadBalancer Service',
    paths: ['body.spec.healthCheckNodePort'],
    reason: 'No balancer outside asks which nodes have endpoints, so that nothing answers on such a port.',
  },
];

/** Kinds that the lab has no use for. */
const KINDS: readonly Difference[] = [
  {
    cases: 'kubectl/kinds that the lab does not use',
    paths: ['get *'],
    reason: 'HorizontalPodAutoscaler, DaemonSet, CronJob and the old Endpoints are not served, and kubectl says so.',
  },
  {
    cases: 'kubectl/what there is',
    paths: ['resources[*'],
    reason: 'Events are served in the core group alone.',
  },
];

/** Words and forms that come from Go and not from Kubernetes. */
const GO: readonly Difference[] = [
  {
    cases: 'validation/*',
    paths: ['*message'],
    real: /\{\\"[A-Z]|\\n *@@ |\{\\\\\\"[A-Z]/,
    reason:
      'Messages that print a whole Go structure, or the difference of two: the same fields in the form of the API.',
  },
  {
    cases: '*',
    paths: ['*.lastProbeTime'],
    real: /^null$/,
    reason: 'An unset time of a pod condition is left out instead of being sent as null.',
  },
  {
    cases: 'services/*',
    paths: ['endpoints', 'ports', 'slices[0]'],
    real: /^null$/,
    reason: 'The empty lists of an EndpointSlice are sent as such, not as null.',
  },
  {
    cases: 'requests/bodies that cannot be read',
    paths: ['*.message'],
    reason: "Go's parsers word their errors otherwise.",
  },
  {
    cases: 'requests/options that make no sense',
    paths: ['[5].status.message'],
    reason: 'The continue token is opaque; what is wrong with one is worded otherwise.',
  },
  {
    cases: 'requests/kinds that do not belong there',
    paths: ['[1].status.message'],
    reason: "The real message names a line of Kubernetes' source.",
  },
  {
    cases: 'field-validation/in a merge patch',
    paths: ['*message'],
    reason: 'The patched object is quoted with its fields in another order.',
  },
  {
    cases: 'kubectl/patch in three ways',
    paths: ['wrong.err[0]'],
    reason: 'The patched object is quoted with its fields in another order.',
  },
  {
    cases: 'pods/an image whose name is wrong',
    paths: ['*.message'],
    reason: 'The parser of image names says less about what is wrong.',
  },
  {
    cases: 'kubectl/explain',
    paths: ['*'],
    reason: 'The OpenAPI documents have no enumerations and no description of IntOrString.',
  },
  {
    cases: 'requests/answers in a type that is not known',
    paths: ['status.message'],
    reason: 'Answers are not given in protobuf; requests are read in it.',
  },
  {
    cases: 'kubectl/apply of what is wrong',
    paths: ['kind.err[*'],
    reason: 'kubectl asks for the schema as protobuf before it asks whether the kind exists, and is refused there.',
  },
];

/** What is left out because nobody acts upon it. */
const UNUSED: readonly Difference[] = [
  {
    cases: 'services/an EndpointSlice',
    paths: ['metadata.annotations'],
    reason: 'last-change-trigger-time serves to measure proxies on other machines.',
  },
  {
    cases: 'pods/deletion: SIGTERM, and time to end',
    paths: ['[3]', '[4]'],
    reason: 'A watch does not show the last change before DELETED, in which the grace period becomes 0.',
  },
  {
    cases: 'scheduling/a claim*',
    paths: ['*message', 'event'],
    real: /not found\. not found|unbound immediate PersistentVolumeClaims\. not found/,
    reason: 'The scheduler says in full that preemption does not help, where the real one repeats "not found".',
  },
  {
    cases: 'field-validation/fields that appear twice',
    paths: ['*'],
    reason:
      'Of a field that stands twice in a JSON body the last counts, without a word: kubectl refuses such files itself.',
  },
];

export const DIFFERENCES: readonly Difference[] = [...NEWER, ...PROCESSES, ...KINDS, ...GO, ...UNUSED];
