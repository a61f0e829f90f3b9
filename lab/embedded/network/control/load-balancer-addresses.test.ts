import t from 'tap';
import { serviceOf } from '../test-support/objects.ts';
import { LoadBalancerAddresses } from './load-balancer-addresses.ts';

const POOL = ['127.20.200.240', '127.20.200.241', '127.20.200.242'];
const wanting = (name: string, loadBalancerIP?: string) =>
  serviceOf(name, { type: 'LoadBalancer', ...(loadBalancerIP !== undefined && { loadBalancerIP }) });
const pool = () => new LoadBalancerAddresses(POOL, 'shop/ingress');

function addressesOf(pool: LoadBalancerAddresses, ...services: ReturnType<typeof wanting>[]) {
  const given = pool.assign(services);
  return services.map(({ metadata }) => given.get(metadata.uid)?.address);
}

void t.test('the first address is the ingress’; others get the first that is free, and keep it', (t) => {
  const addresses = pool();
  const [a, b, ingress] = [wanting('a'), wanting('b'), wanting('ingress')];
  t.same(addressesOf(addresses, a, b, ingress), [POOL[1], POOL[2], POOL[0]]);
  t.same(addressesOf(addresses, b), [POOL[2]]);
  t.same(addressesOf(addresses, wanting('c'), b), [POOL[1], POOL[2]]);
  t.end();
});

void t.test('an address of the pool can be asked for', (t) => {
  const addresses = pool();
  t.same(addressesOf(addresses, wanting('a', POOL[2]), wanting('b')), [POOL[2], POOL[1]]);
  const annotated = serviceOf(
    'c',
    { type: 'LoadBalancer' },
    { annotations: { 'metallb.io/loadBalancerIPs': POOL[1]! } },
  );
  t.same(addressesOf(addresses, annotated), [POOL[1]]);
  t.same(addressesOf(addresses, wanting('c', POOL[2])), [POOL[2]], 'and another one later');
  t.end();
});

void t.test('an address outside the pool is replaced, and the user is told', (t) => {
  const service = wanting('a', '192.168.56.241');
  const addresses = pool();
  for (const _ of [1, 2]) {
    const assignment = addresses.assign([service]).get(service.metadata.uid);
    t.equal(assignment?.address, POOL[1]);
    t.match(assignment?.note?.message, /192\.168\.56\.241 is not in this cluster's pool .* assigned 127\.20\.200\.241/);
  }
  t.end();
});

void t.test('no address: pending, and the user is told why', (t) => {
  const addresses = pool();
  const services = ['a', 'b', 'c'].map((name) => wanting(name));
  const given = addresses.assign(services);
  t.match(given.get('uid of c'), {
    address: undefined,
    note: { reason: 'AllocationFailed', message: /no available IPs/ },
  });
  const taken = addresses.assign([...services.slice(0, 1), wanting('d', POOL[1])]).get('uid of d');
  t.match(taken, { address: undefined, note: { message: /127\.20\.200\.241 is in use/ } });
  const reserved = addresses.assign([wanting('e', POOL[0])]).get('uid of e');
  t.match(reserved, { address: undefined, note: { message: /127\.20\.200\.240 is in use/ } });
  t.end();
});
