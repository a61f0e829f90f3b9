import t from 'tap';
import type { KubeObject } from '../cluster/objects.ts';
import { endpointTransitions, nodeTransitions, podTransitions } from './transitions.ts';

const what = (list: { what: string }[]): string[] => list.map((entry) => entry.what);

function pod(status: Record<string, unknown>, metadata: Record<string, unknown> = {}, nodeName?: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', labels: { 'app.kubernetes.io/name': 'log-processor' }, ...metadata },
    spec: nodeName === undefined ? {} : { nodeName },
    status,
  };
}

const ready = (status: 'True' | 'False'): { conditions: object[] } => ({ conditions: [{ type: 'Ready', status }] });

void t.test('the life of a pod', async (t) => {
  const created = pod({});
  const scheduled = pod({}, {}, 'w1');
  const running = pod({ phase: 'Running', ...ready('False') }, {}, 'w1');
  const serving = pod({ phase: 'Running', ...ready('True') }, {}, 'w1');
  const restarted = pod({ phase: 'Running', ...ready('False'), containerStatuses: [{ restartCount: 1 }] }, {}, 'w1');
  const leaving = pod({ phase: 'Running', ...ready('True') }, { deletionTimestamp: 'now' }, 'w1');
  t.same(what(podTransitions(undefined, created)), ['created']);
  t.same(what(podTransitions(created, scheduled)), ['scheduled']);
  t.same(what(podTransitions(scheduled, running)), ['started']);
  t.same(what(podTransitions(running, serving)), ['ready']);
  t.same(what(podTransitions(serving, restarted)), ['restarted', 'not-ready']);
  t.same(what(podTransitions(serving, leaving)), ['terminating']);
  t.same(podTransitions(leaving, undefined), [
    { kind: 'Pod', name: 'p', app: 'log-processor', node: 'w1', what: 'deleted' },
  ]);
});

void t.test('a node that is lost and comes back', async (t) => {
  const node = (status: 'True' | 'False', spec: object = {}): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'w1' },
    spec,
    status: ready(status),
  });
  t.same(what(nodeTransitions(node('True'), node('False'))), ['not-ready']);
  t.same(what(nodeTransitions(node('False'), node('True'))), ['ready']);
  t.same(what(nodeTransitions(node('True'), node('True', { unschedulable: true }))), ['unschedulable']);
  t.same(what(nodeTransitions(node('True'), node('True'))), []);
});

void t.test('endpoints come, turn unready and go', async (t) => {
  const slice = (endpoints: object[]): KubeObject => ({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 's', labels: { 'kubernetes.io/service-name': 'log-processor' } },
    endpoints,
  });
  const endpoint = (name: string, isReady: boolean): object => ({
    targetRef: { name },
    nodeName: 'w1',
    conditions: { ready: isReady },
  });
  t.same(what(endpointTransitions(slice([]), slice([endpoint('a', false)]))), [], 'not yet ready says nothing');
  t.same(what(endpointTransitions(slice([endpoint('a', false)]), slice([endpoint('a', true)]))), ['endpoint-ready']);
  t.same(what(endpointTransitions(slice([endpoint('a', true)]), slice([endpoint('a', false)]))), [
    'endpoint-not-ready',
  ]);
  t.same(endpointTransitions(slice([endpoint('a', true)]), slice([])), [
    { kind: 'EndpointSlice', name: 'a', what: 'endpoint-removed', app: 'log-processor', node: 'w1' },
  ]);
});
