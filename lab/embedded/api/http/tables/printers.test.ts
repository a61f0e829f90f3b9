import t from 'tap';
import { RESOURCES } from '../../resources.ts';
import type { Plural } from '../../types.ts';
import type { Cell } from './printer.ts';
import { printerOf } from './printers.ts';

const NOW = Date.parse('2030-01-01T00:00:30Z');
const metadata = { name: 'x', namespace: 'ns', creationTimestamp: '2030-01-01T00:00:00Z' };

/** Cells by column. */
function row(plural: Plural, object: object): Record<string, Cell> {
  const { columns, cells } = printerOf(plural);
  const values = cells({ metadata, ...object } as never, NOW);
  return Object.fromEntries(columns.map(({ name }, index) => [name, values[index]!]));
}

void t.test('every kind has a printer that takes objects with nothing in them', async (t) => {
  const least: Partial<Record<Plural, object>> = { events: { involvedObject: {} }, endpointslices: { endpoints: [] } };
  for (const { plural } of RESOURCES) {
    const { columns, cells } = printerOf(plural);
    const values = cells({ metadata, ...least[plural] } as never, NOW);
    t.equal(values.length, columns.length, plural);
    t.ok(columns.some(({ name }) => name === 'Name'));
  }
});

void t.test('nodes', async (t) => {
  const node = {
    metadata: { ...metadata, labels: { 'node-role.kubernetes.io/control-plane': '', 'kubernetes.io/role': 'web' } },
    spec: { unschedulable: true },
    status: {
      conditions: [{ type: 'Ready', status: 'Unknown' }],
      addresses: [{ type: 'InternalIP', address: '127.0.0.9' }],
      nodeInfo: { kubeletVersion: 'v1.35.0' },
    },
  };
  t.match(row('nodes', node), {
    Status: 'NotReady,SchedulingDisabled',
    Roles: 'control-plane,web',
    Age: '30s',
    Version: 'v1.35.0',
    'Internal-IP': '127.0.0.9',
    'External-IP': '<none>',
    'OS-Image': '<unknown>',
  });
  t.match(row('nodes', {}), { Status: 'Unknown', Roles: '<none>' });
});

void t.test('services', async (t) => {
  const ports = [
    { port: 80, nodePort: 30080, protocol: 'TCP' },
    { port: 53, protocol: 'UDP' },
  ];
  const balanced = { spec: { type: 'LoadBalancer', clusterIP: '127.0.96.1', ports, selector: { b: '2', a: '1' } } };
  t.match(row('services', balanced), {
    'Cluster-IP': '127.0.96.1',
    'External-IP': '<pending>',
    'Port(s)': '80:30080/TCP,53/UDP',
    Selector: 'a=1,b=2',
  });
  const status = { loadBalancer: { ingress: [{ ip: '192.168.56.240' }] } };
  t.match(row('services', { ...balanced, status }), { 'External-IP': '192.168.56.240' });
  t.match(row('services', { spec: { type: 'ClusterIP', clusterIP: 'None' } }), {
    'Cluster-IP': 'None',
    'External-IP': '<none>',
    'Port(s)': '<none>',
    Selector: '<none>',
  });
  t.match(row('services', { spec: { type: 'ExternalName', externalName: 'db.example' } }), {
    'Cluster-IP': '<none>',
    'External-IP': 'db.example',
  });
});

void t.test('workloads', async (t) => {
  const spec = {
    replicas: 3,
    selector: { matchLabels: { app: 'web' }, matchExpressions: [{ key: 'tier', operator: 'In', values: ['a', 'b'] }] },
    template: {
      spec: {
        containers: [
          { name: 'a', image: 'one' },
          { name: 'b', image: 'two' },
        ],
      },
    },
  };
  const status = { replicas: 3, readyReplicas: 2, updatedReplicas: 1, availableReplicas: 2 };
  const wide = { Containers: 'a,b', Images: 'one,two', Selector: 'app=web,tier in (a,b)' };
  t.match(row('deployments', { spec, status }), { Ready: '2/3', 'Up-to-date': 1, Available: 2, ...wide });
  t.match(row('replicasets', { spec, status }), { Desired: 3, Current: 3, Ready: 2, ...wide });
  t.match(row('statefulsets', { spec, status }), { Ready: '2/3', Containers: 'a,b', Images: 'one,two' });
  t.match(row('deployments', { spec: { replicas: 1 } }), { Ready: '0/1', 'Up-to-date': 0 });
});

void t.test('volumes', async (t) => {
  const claim = {
    spec: { volumeName: 'pv-1', storageClassName: 'local', volumeMode: 'Filesystem', accessModes: ['ReadWriteOnce'] },
    status: { phase: 'Bound', capacity: { storage: '1Gi' }, accessModes: ['ReadWriteMany', 'ReadWriteOnce'] },
  };
  t.match(row('persistentvolumeclaims', claim), {
    Status: 'Bound',
    Volume: 'pv-1',
    Capacity: '1Gi',
    'Access Modes': 'RWO,RWX',
    StorageClass: 'local',
    VolumeAttributesClass: '<unset>',
    VolumeMode: 'Filesystem',
  });
  t.match(row('persistentvolumeclaims', { spec: { accessModes: ['ReadWriteOnce'] }, status: { phase: 'Pending' } }), {
    Status: 'Pending',
    Volume: '',
    Capacity: '',
    'Access Modes': '',
  });
  const volume = {
    spec: { claimRef: { namespace: 'ns', name: 'data' }, capacity: { storage: '1Gi' } },
    status: { phase: 'Bound' },
  };
  t.match(row('persistentvolumes', volume), { Capacity: '1Gi', Claim: 'ns/data', Status: 'Bound' });
  const isDefault = { annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } };
  t.match(row('storageclasses', { metadata: { ...metadata, ...isDefault }, provisioner: 'p' }), {
    Name: 'x (default)',
    ReclaimPolicy: 'Delete',
    VolumeBindingMode: 'Immediate',
    AllowVolumeExpansion: 'false',
  });
});

void t.test('events', async (t) => {
  const event = {
    involvedObject: { kind: 'Pod', name: 'web-1', fieldPath: 'spec.containers{c}' },
    firstTimestamp: '2030-01-01T00:00:10Z',
    lastTimestamp: '2030-01-01T00:00:25Z',
    source: { component: 'kubelet', host: 'w1' },
    type: 'Warning',
    reason: 'BackOff',
    message: 'again\n',
    count: 4,
  };
  t.match(row('events', event), {
    'Last Seen': '5s',
    'First Seen': '20s',
    Object: 'pod/web-1',
    Subobject: 'spec.containers{c}',
    Source: 'kubelet, w1',
    Message: 'again',
    Count: 4,
  });
  const current = { involvedObject: { kind: 'Node', name: 'w1' }, eventTime: '2030-01-01T00:00:29.000000Z' };
  t.match(row('events', { ...current, reportingComponent: 'scheduler' }), {
    'Last Seen': '1s',
    Object: 'node/w1',
    Source: 'scheduler',
    Count: 1,
  });
});

void t.test('the network', async (t) => {
  const endpoints = ['127.0.1.1', '127.0.1.2', '127.0.2.1', '127.0.2.2', '127.0.2.3'];
  const slice = {
    addressType: 'IPv4',
    ports: [{ port: 80 }],
    endpoints: endpoints.map((one) => ({ addresses: [one] })),
  };
  t.match(row('endpointslices', slice), { Ports: '80', Endpoints: '127.0.1.1,127.0.1.2,127.0.2.1 + 2 more...' });
  t.match(row('endpointslices', { addressType: 'IPv4', endpoints: [] }), { Ports: '<unset>', Endpoints: '<unset>' });
  const ingress = {
    spec: { ingressClassName: 'nginx', rules: [{ host: 'a.test' }, { host: 'b.test' }], tls: [{}] },
    status: { loadBalancer: { ingress: [{ ip: '192.168.56.240' }] } },
  };
  t.match(row('ingresses', ingress), {
    Class: 'nginx',
    Hosts: 'a.test,b.test',
    Address: '192.168.56.240',
    Ports: '80, 443',
  });
  t.match(row('ingresses', { spec: { rules: [{}] } }), { Class: '<none>', Hosts: '*', Address: '', Ports: '80' });
  t.match(row('networkpolicies', { spec: { podSelector: {} } }), { 'Pod-Selector': '<none>' });
  const parameters = { apiGroup: 'k8s.example', kind: 'Parameters', name: 'p' };
  t.match(row('ingressclasses', { spec: { controller: 'c', parameters } }), { Parameters: 'Parameters.k8s.example/p' });
});

void t.test('jobs', async (t) => {
  const startTime = '2030-01-01T00:00:10Z';
  t.match(row('jobs', { spec: { completions: 2 }, status: { succeeded: 1, startTime } }), {
    Status: 'Running',
    Completions: '1/2',
    Duration: '20s',
  });
  const conditions = [{ type: 'Complete', status: 'True' }];
  const done = { conditions, succeeded: 1, startTime, completionTime: '2030-01-01T00:00:13Z' };
  t.match(row('jobs', { spec: { parallelism: 2 }, status: done }), {
    Status: 'Complete',
    Completions: '1/1 of 2',
    Duration: '3s',
  });
});

void t.test('the rest', async (t) => {
  t.match(row('configmaps', { data: { a: '1' }, binaryData: { b: '' } }), { Data: 2 });
  t.match(row('secrets', { type: 'Opaque', data: { a: '' } }), { Type: 'Opaque', Data: 1 });
  t.match(row('poddisruptionbudgets', { spec: { minAvailable: '50%' }, status: { disruptionsAllowed: 1 } }), {
    'Min Available': '50%',
    'Max Unavailable': 'N/A',
    'Allowed Disruptions': 1,
  });
  const ownerReferences = [{ apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'postgres', controller: true }];
  t.match(row('controllerrevisions', { metadata: { ...metadata, ownerReferences }, revision: 2 }), {
    Controller: 'statefulset.apps/postgres',
    Revision: 2,
  });
  t.match(row('leases', { spec: { holderIdentity: 'w1' } }), { Holder: 'w1' });
});
