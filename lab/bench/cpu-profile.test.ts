import t from 'tap';
import { callTree, partOf, timeByPart, type CpuProfile, type Frame } from './cpu-profile.ts';
import { flameGraph } from './flame-graph.ts';

const project = 'file:///home/me/lab';
const at = (functionName: string, url = ''): Frame => ({ functionName, url });

const HANDLER = at('handle', `${project}/services/log-processor/app.ts`);
const PARSE = at('parseLog', `${project}/services/log-processor/parse-log.ts`);
const SEND = at('send', '/home/me/lab/node_modules/fastify/lib/reply.js');
const BIND = at('bind', '/home/me/lab/node_modules/pg-protocol/dist/serializer.js');
const END = at('end', 'node:_http_outgoing');

/** Each frame is called by the one before it; the samples fall on the frames by their index, the root's being 0. */
function profile(stacks: Frame[][], samples: [stack: number, micros: number][]): CpuProfile {
  const nodes: CpuProfile['nodes'] = [{ id: 0, callFrame: at('(root)'), children: [] }];
  const leaves = stacks.map((stack) => {
    let parent = nodes[0]!;
    for (const callFrame of stack) {
      const node = { id: nodes.length, callFrame, children: [] };
      nodes.push(node);
      parent.children!.push(node.id);
      parent = node;
    }
    return parent.id;
  });
  return { nodes, samples: samples.map(([stack]) => leaves[stack]!), timeDeltas: samples.map(([, micros]) => micros) };
}

void t.test('a function’s time belongs to its file’s part, that of built-in functions to their caller’s', async (t) => {
  t.equal(partOf([PARSE, HANDLER]), 'parsing and validation');
  t.equal(partOf([at('parse'), PARSE, HANDLER]), 'parsing and validation');
  t.equal(partOf([at('write', 'node:buffer'), HANDLER]), 'batches: gathering them, telling their outcomes');
  t.equal(partOf([END, SEND, HANDLER]), 'Node’s HTTP and sockets');
  t.equal(partOf([SEND, HANDLER]), 'Fastify and its hooks');
  t.equal(partOf([at('_write', 'node:net'), BIND, HANDLER]), 'statements and results (pg)');
  t.equal(partOf([at('writev'), END, SEND]), 'system calls');
  t.equal(partOf([at('(garbage collector)'), PARSE]), 'garbage collection');
});

const PROFILE = profile(
  [
    [HANDLER, PARSE],
    [HANDLER, SEND, END, at('writev')],
    [HANDLER, PARSE],
    [at('(idle)')],
    [at('load', 'node:internal/modules/run_main')],
  ],
  [
    [0, 300],
    [1, 500],
    [2, 200],
    [3, 9000],
    [4, 4000],
  ],
);

void t.test(
  'idle time and the loading of modules are left out, and places of the same function put together',
  async (t) => {
    const tree = callTree(PROFILE);
    t.equal(tree.totalMicros, 1000);
    t.equal(tree.calls.length, 1);
    t.same(
      tree.calls[0]!.calls.map(({ frame, totalMicros }) => [frame.functionName, totalMicros]),
      [
        ['parseLog', 500],
        ['send', 500],
      ],
    );
    t.match(timeByPart(tree), { 'parsing and validation': 500, 'system calls': 500, template: 0 });
  },
);

void t.test('the flame graph has a box for each function, as wide as its time', async (t) => {
  const svg = flameGraph(callTree(PROFILE), 'time <of> a program');
  t.match(svg, '<title>time &lt;of&gt; a program</title>');
  t.match(
    svg,
    /<title>handle services\/log-processor\/app\.ts 100\.0 %<\/title><rect x="0\.0" y="\d+" width="1199\.5"/,
  );
  t.match(
    svg,
    /<title>parseLog services\/log-processor\/parse-log\.ts 50\.0 %<\/title><rect x="0\.0" y="\d+" width="599\.5"/,
  );
  t.match(svg, /<title>send fastify\/lib\/reply\.js 50\.0 %<\/title><rect x="600\.0"/);
});
