/** Objects that cases are made of. */

/** Exists on both sides: the embedded cluster gives its own Node for it. */
export const NODE_IMAGE = 'node:22-bookworm-slim';

/** Waits to be told to end, and then ends at once. */
export const IDLE = 'process.on("SIGTERM", () => process.exit(0)); setInterval(() => {}, 1e9)';

/** A container that runs a few lines of JavaScript. */
export function container(code = IDLE, more: object = {}): Record<string, any> {
  return { name: 'main', image: NODE_IMAGE, imagePullPolicy: 'IfNotPresent', command: ['node', '-e', code], ...more };
}

/** A server that answers 200, or what the code in `answer` sets on `response`. */
export function server(port = 8080, answer = ''): string {
  return `
    const server = require("node:http").createServer((request, response) => { ${answer}; response.end("ok\\n"); });
    server.listen(${port}, "0.0.0.0");
    process.on("SIGTERM", () => process.exit(0));`;
}

/** A pod that runs. */
export function pod(name: string, spec: object = {}, metadata: object = {}): Record<string, any> {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, ...metadata },
    spec: { containers: [container()], terminationGracePeriodSeconds: 5, ...spec },
  };
}

/** A pod that no scheduler takes, so that it stays as it was written. */
export function idlePod(name: string, spec: object = {}, metadata: object = {}): Record<string, any> {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, ...metadata },
    spec: { schedulerName: 'nobody', containers: [{ name: 'main', image: 'example/app:1' }], ...spec },
  };
}

interface WorkloadOptions {
  replicas?: number;
  /** Of the pods' template. */
  pod?: object;
  metadata?: object;
  [specField: string]: unknown;
}

function workload(kind: string, name: string, options: WorkloadOptions): Record<string, any> {
  const { replicas = 0, pod: podSpec, metadata, ...spec } = options;
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name, ...metadata },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: podSpec ?? { containers: [container()], terminationGracePeriodSeconds: 5 },
      },
      ...spec,
    },
  };
}

export function deployment(name: string, options: WorkloadOptions = {}): Record<string, any> {
  return workload('Deployment', name, options);
}

export function replicaSet(name: string, options: WorkloadOptions = {}): Record<string, any> {
  return workload('ReplicaSet', name, options);
}

export function statefulSet(name: string, options: WorkloadOptions = {}): Record<string, any> {
  return workload('StatefulSet', name, { serviceName: name, ...options });
}

export function job(name: string, code: string, spec: object = {}, podSpec: object = {}): Record<string, any> {
  const template = { spec: { restartPolicy: 'Never', containers: [container(code)], ...podSpec } };
  return { apiVersion: 'batch/v1', kind: 'Job', metadata: { name }, spec: { template, ...spec } };
}

export function configMap(name: string, data: object = { key: 'value' }, metadata: object = {}): Record<string, any> {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...metadata }, data };
}

export function service(name: string, spec: object = {}): Record<string, any> {
  const ports = [{ port: 80, targetPort: 8080 }];
  return { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: { selector: { app: name }, ports, ...spec } };
}

export function ingress(name: string, spec: object = {}): Record<string, any> {
  const backend = { service: { name: 'web', port: { number: 80 } } };
  const http = { paths: [{ path: '/', pathType: 'Prefix', backend }] };
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name },
    spec: { ingressClassName: 'other', rules: [{ host: 'web.test', http }], ...spec },
  };
}

export function disruptionBudget(name: string, app: string, spec: object): Record<string, any> {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name },
    spec: { selector: { matchLabels: { app } }, ...spec },
  };
}

export function claim(name: string, spec: object = {}): Record<string, any> {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec },
  };
}
