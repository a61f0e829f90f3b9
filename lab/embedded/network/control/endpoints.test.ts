import type { EndpointConditions } from 'kubernetes-types/discovery/v1.js';
import t from 'tap';
import { sliceOf } from '../test-support/objects.ts';
import { endpointsOf } from './endpoints.ts';

const here = (host: string, port: number) => ({ host, port });
const port = { name: 'http', port: 80 };
const ready: EndpointConditions = { ready: true, serving: true, terminating: false };
const leaving: EndpointConditions = { ready: false, serving: true, terminating: true };
const gone: EndpointConditions = { ready: false, serving: false, terminating: true };
const starting: EndpointConditions = { ready: false, serving: false, terminating: false };

const slice = (...endpoints: [last: number, conditions: EndpointConditions, nodeName?: string][]) =>
  sliceOf(
    'web',
    [{ name: 'http', port: 8080 }],
    endpoints.map(([last, conditions, nodeName = 'w1']) => ({ addresses: [`127.20.1.${last}`], conditions, nodeName })),
  );
const ids = (endpoints: { id: string }[]) => endpoints.map(({ id }) => Number(id.split(/[.:]/)[3]));

void t.test('ready endpoints, in the order of their addresses', (t) => {
  const found = endpointsOf(port, [slice([10, ready], [9, ready]), slice([2, starting], [3, leaving])], here);
  t.same(ids(found.usable), [9, 10]);
  t.same(ids(found.ready), [9, 10]);
  t.same(found.usable[0], { id: '127.20.1.9:8080', host: '127.20.1.9', port: 8080 });
  t.end();
});

void t.test('none ready: those that end but still serve, as kube-proxy does', (t) => {
  const found = endpointsOf(port, [slice([3, leaving], [4, gone], [5, starting])], here);
  t.same(ids(found.usable), [3]);
  t.same(ids(found.ready), []);
  t.end();
});

void t.test('endpoints of one node', (t) => {
  const found = endpointsOf(
    port,
    [slice([1, ready, 'w1'], [2, ready, 'w2'], [3, leaving, 'w3'], [4, gone, 'w4'])],
    here,
  );
  t.same(ids(found.usableOn('w2')), [2]);
  t.same(ids(found.usableOn('w3')), [3], 'the node’s last resort, although others are ready elsewhere');
  t.same(found.nodes, ['w1', 'w2', 'w3']);
  t.end();
});

void t.test('ports go by their names', (t) => {
  const both = sliceOf('web', [{ port: 8080 }, { name: 'admin', port: 9090 }], [{ addresses: ['127.20.1.2'] }]);
  t.equal(endpointsOf({ port: 80 }, [both], here).usable[0]?.port, 8080);
  t.equal(endpointsOf({ name: 'admin', port: 81 }, [both], here).usable[0]?.port, 9090);
  t.same(endpointsOf({ name: 'other', port: 82 }, [both], here).usable, []);
  t.end();
});

void t.test('an endpoint that had to move is connected to where it is', (t) => {
  const found = endpointsOf(port, [slice([2, ready])], () => ({ host: '127.0.0.1', port: 40_000 }));
  t.same(found.usable, [{ id: '127.20.1.2:8080', host: '127.0.0.1', port: 40_000 }]);
  t.end();
});
