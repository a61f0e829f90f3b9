/**
 * Fields that are stored as they are given, but that nothing in the embedded cluster acts on. Whoever sets one is warned.
 *
 * Not listed is what only restricts what a program may do (security contexts, termination messages): a pod that works
 * within such bounds works the same without them.
 */
const WITHOUT_EFFECT: Readonly<Record<string, readonly string[]>> = {
  Container: ['resizePolicy', 'restartPolicyRules', 'volumeDevices'],
  JobSpec: ['backoffLimitPerIndex', 'managedBy', 'maxFailedIndexes', 'podFailurePolicy', 'successPolicy'],
  NetworkPolicy: ['spec'],
  PodSpec: [
    'dnsConfig',
    'ephemeralContainers',
    'hostAliases',
    'hostIPC',
    'hostNetwork',
    'hostPID',
    'hostUsers',
    'overhead',
    'resourceClaims',
    'runtimeClassName',
    'setHostnameAsFQDN',
    'shareProcessNamespace',
  ],
  RollingUpdateStatefulSetStrategy: ['maxUnavailable'],
  ServiceSpec: ['healthCheckNodePort', 'loadBalancerSourceRanges', 'trafficDistribution'],
  VolumeMount: ['mountPropagation', 'recursiveReadOnly', 'subPathExpr'],
};

/** The kinds of volumes that kubelets here can mount. */
const MOUNTABLE = [
  'configMap',
  'downwardAPI',
  'emptyDir',
  'hostPath',
  'name',
  'persistentVolumeClaim',
  'projected',
  'secret',
];

/** @param struct a type of the schema, such as `PodSpec` */
export function hasNoEffect(struct: string, field: string): boolean {
  if (struct === 'Volume') return !MOUNTABLE.includes(field);
  return WITHOUT_EFFECT[struct]?.includes(field) ?? false;
}
