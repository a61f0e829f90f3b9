/** The Kubernetes Job whose pods are the load workers. Pure. */
import { APP_LABEL, NAMESPACE, PART_OF_LAB, type KubeObject, type ObjectReference } from '../../cluster/objects.ts';

const APP = 'load-worker';
export const WORKER_PORT = 8080;
const UNTIL_FORGOTTEN_SECONDS = 60;

export interface JobOptions {
  /** Unique in the namespace. */
  name: string;
  image: string;
  workers: number;
  /** On the Job and its pods. */
  labels: Record<string, string>;
  /** The cluster ends it after this time, should nobody else. */
  deadlineSeconds: number;
}

export function jobReference(name: string): ObjectReference {
  return { apiVersion: 'batch/v1', kind: 'Job', namespace: NAMESPACE, name };
}

/** One pod a worker, on different nodes if possible. None is replaced: its part of the record would be missing. */
export function workerJob({ name, image, workers, labels, deadlineSeconds }: JobOptions): KubeObject {
  const own = { [APP_LABEL]: APP, ...PART_OF_LAB, ...labels };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace: NAMESPACE, labels: own },
    spec: {
      completionMode: 'Indexed',
      completions: workers,
      parallelism: workers,
      backoffLimit: 0,
      activeDeadlineSeconds: Math.ceil(deadlineSeconds),
      ttlSecondsAfterFinished: UNTIL_FORGOTTEN_SECONDS,
      template: { metadata: { labels: own }, spec: podSpec(image, name) },
    },
  };
}

function podSpec(image: string, job: string): object {
  return {
    restartPolicy: 'Never',
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    // For a worker that is told to end before its time to hand its record over.
    terminationGracePeriodSeconds: 10,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 1000,
      runAsGroup: 1000,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: 'kubernetes.io/hostname',
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: { matchLabels: { 'batch.kubernetes.io/job-name': job } },
      },
    ],
    containers: [
      {
        name: APP,
        image,
        imagePullPolicy: 'IfNotPresent',
        ports: [{ name: 'http', containerPort: WORKER_PORT }],
        readinessProbe: { httpGet: { path: '/readyz', port: 'http' }, periodSeconds: 1, timeoutSeconds: 5 },
        resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '1', memory: '512Mi' } },
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        },
      },
    ],
  };
}
