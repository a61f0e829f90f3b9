import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import t from 'tap';
import { addressPlan, claimAddressBlock } from './address-plan.ts';

void t.test('the parts of a block do not overlap', (t) => {
  const plan = addressPlan(20, 3);
  t.equal(plan.apiServer, '127.20.0.1');
  t.same(plan.podRange(1), { prefix: '127.20.2.', cidr: '127.20.2.0/24' });
  t.equal(plan.serviceCidr, '127.20.96.0/20');
  const single = [plan.apiServer, plan.dns, plan.node(0), plan.node(1), plan.node(2), ...plan.loadBalancerPool];
  t.equal(new Set(single).size, single.length);
  const thirdBytes = single.map((address) => Number(address.split('.')[2]));
  t.notOk(
    thirdBytes.some((byte) => (byte >= 1 && byte <= 3) || (byte >= 96 && byte <= 111)),
    'none is in a pod range or the Service range',
  );
  t.end();
});

void t.test('what does not fit is refused', (t) => {
  t.throws(() => addressPlan(300, 3), RangeError);
  t.throws(() => addressPlan(20, 91), RangeError);
  t.throws(() => addressPlan(20, 3).node(3), RangeError);
  t.throws(() => addressPlan(20, 3).podRange(-1), RangeError);
  t.end();
});

void t.test('two labs that start at the same time get different blocks', async (t) => {
  const claims = [];
  const draws = [30, 30, 31, 30, 31, 32];
  const pick = () => draws.shift() ?? 16 + Math.floor(Math.random() * 200);
  for (let i = 0; i < 3; i++) claims.push(claimAddressBlock(pick));
  const blocks = await Promise.all(claims);
  t.equal(new Set(blocks.map(({ block }) => block)).size, 3);
  for (const { release } of blocks) release();
});

void t.test('a block claimed by another process is left alone', async (t) => {
  const plan = new URL('address-plan.ts', import.meta.url).href;
  const script = `import { claimAddressBlock } from ${JSON.stringify(plan)};
    console.log((await claimAddressBlock()).block); setInterval(() => {}, 1000);`;
  const other = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.teardown(() => other.kill());
  const [output] = await once(other.stdout, 'data');
  const taken = Number(output);
  const draws = [taken, taken];
  const claim = await claimAddressBlock(() => draws.shift() ?? (taken === 40 ? 41 : 40));
  t.not(claim.block, taken);
  claim.release();
});

void t.test('a block in which something listens is left alone', async (t) => {
  const first = await claimAddressBlock();
  first.release();
  const server = createServer().listen(0, `127.${first.block}.7.7`);
  await once(server, 'listening');
  const draws = [first.block];
  const claim = await claimAddressBlock(() => draws.shift() ?? (first.block === 239 ? 16 : first.block + 1));
  t.not(claim.block, first.block);
  claim.release();
  server.close();
});
