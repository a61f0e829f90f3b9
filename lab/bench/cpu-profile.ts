/** V8's sampled profile of a process (node --cpu-prof): which part of the program its processor time went to. */

/** What is used of the file: https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile */
export interface CpuProfile {
  nodes: { id: number; callFrame: Frame; children?: number[] }[];
  /** The node of each sample, and microseconds since the sample before it. */
  samples: number[];
  timeDeltas: number[];
}

export interface Frame {
  functionName: string;
  url: string;
}

/** A function in one place of the call tree, with the time of all that it called. */
export interface Call {
  frame: Frame;
  selfMicros: number;
  totalMicros: number;
  calls: Call[];
}

export const PARTS = [
  'system calls',
  'Node’s HTTP and sockets',
  'Fastify and its hooks',
  'parsing and validation',
  'template',
  'batches: gathering them, telling their outcomes',
  'statements and results (pg)',
  'garbage collection',
] as const;

export type Part = (typeof PARTS)[number];

/** The call tree, without the time in which nothing ran and without what the program did before it listened. */
export function callTree({ nodes, samples, timeDeltas }: CpuProfile): Call {
  const self = new Map<number, number>();
  samples.forEach((id, index) => self.set(id, (self.get(id) ?? 0) + Math.max(0, timeDeltas[index]!)));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const build = (id: number): Call => {
    const { callFrame, children = [] } = byId.get(id)!;
    const selfMicros = self.get(id) ?? 0;
    const calls = mergeSame(children.map(build).filter(({ frame }) => !isLeftOut(frame)));
    const totalMicros = calls.reduce((sum, call) => sum + call.totalMicros, selfMicros);
    return { frame: callFrame, selfMicros, totalMicros, calls };
  };
  return build(nodes[0]!.id);
}

/** V8 has a node for each place that a function is called from; a reader wants one for the function. */
function mergeSame(calls: Call[]): Call[] {
  const merged = new Map<string, Call>();
  for (const call of calls) {
    const key = `${call.frame.functionName} ${call.frame.url}`;
    const other = merged.get(key);
    if (other === undefined) merged.set(key, call);
    else {
      other.selfMicros += call.selfMicros;
      other.totalMicros += call.totalMicros;
      other.calls = mergeSame([...other.calls, ...call.calls]);
    }
  }
  return [...merged.values()];
}

/** Loading modules is over when the first request comes. */
function isLeftOut({ functionName, url }: Frame): boolean {
  return functionName === '(idle)' || /^node:internal\/(main|modules|process\/execution)/.test(url);
}

/** Microseconds of each part. */
export function timeByPart(root: Call): Record<Part, number> {
  const micros = Object.fromEntries(PARTS.map((part) => [part, 0])) as Record<Part, number>;
  const visit = (call: Call, above: Frame[]): void => {
    const stack = [call.frame, ...above];
    micros[partOf(stack)] += call.selfMicros;
    for (const child of call.calls) visit(child, stack);
  };
  for (const call of root.calls) visit(call, []);
  return micros;
}

const SYSTEM_CALLS = /^(writev|writeBuffer|writeUtf8String|writeLatin1String|\(program\))$/;

/** By the file of a function; what belongs to none, such as a built-in function, belongs to who called it. */
const FILES: [RegExp, Part][] = [
  [/services\/log-processor\/(parse-log|timestamp|level|storable|log)\.ts$/, 'parsing and validation'],
  [/services\/log-processor\/template/, 'template'],
  [
    /services\/log-processor\/(log-store|binary-arrays)\.ts$|services\/shared\/database\.ts$/,
    'statements and results (pg)',
  ],
  [/services\/log-processor\//, 'batches: gathering them, telling their outcomes'],
  [/services\/shared\/|node_modules\/(fastify|find-my-way|avvio|content-type)/, 'Fastify and its hooks'],
  [
    /^node:(_http|net$|internal\/(streams|stream_base|timers|async|process\/task_queues))|^node:events$/,
    'Node’s HTTP and sockets',
  ],
];

/** @param stack from the function that ran to the outermost one */
export function partOf(stack: readonly Frame[]): Part {
  const [{ functionName, url }] = stack as [Frame];
  if (functionName === '(garbage collector)') return 'garbage collection';
  if (url === '' && SYSTEM_CALLS.test(functionName)) return 'system calls';
  // Its sockets are Node's, but it is what uses them.
  if (stack.some((frame) => /node_modules\/pg(-\w+)?\//.test(frame.url))) return 'statements and results (pg)';
  for (const frame of stack) {
    const known = FILES.find(([file]) => file.test(frame.url));
    if (known) return known[1];
  }
  return 'Node’s HTTP and sockets';
}
