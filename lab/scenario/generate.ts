/** Runs log-generator and asks everybody else what came of it: the pods' counters are read by the caller. */
import { request } from 'node:http';
import { json } from 'node:stream/consumers';
import type { Cluster } from '../cluster/cluster.ts';
import { isServing, type KubeObject } from '../cluster/objects.ts';
import { LabError } from '../exit-codes.ts';
import type { GenerationHistory, GeneratorAnswer } from '../history/history.ts';
import { readRowsByPod } from './audit.ts';
import type { RunClock } from './clock.ts';
import type { GenerateSection } from './schema.ts';
import type { Targets } from './targets.ts';

const GENERATOR = 'log-generator';
/** Where log-generator's logs go. */
export const STORING_APP = 'log-processor';
/** Where the sum is shown. */
export const STATS = { target: 'ingress/stats-display', path: '/stats-display/api/stats' };
const ANSWER_LIMIT_MS = 10_000;

/** `seed` is used where the scenario gives none: it must be new, for the same seed gives the same ids. */
export async function runGeneration(
  cluster: Cluster,
  targets: Targets,
  clock: RunClock,
  section: GenerateSection,
  seed: number,
): Promise<GenerationHistory> {
  const asked = { seed, ...section };
  const [rowsBefore, shownBefore] = await Promise.all([readRowsByPod(cluster), readDisplayed(targets)]);
  const startedAt = clock.now();
  const { answer, error } = await generate(cluster, asked);
  const endedAt = clock.now();
  const [rowsAfter, shownAfter] = await Promise.all([readRowsByPod(cluster), readDisplayed(targets)]);
  return {
    request: asked,
    app: STORING_APP,
    startedAt,
    endedAt,
    answer,
    error,
    rowsByPod: growth(rowsBefore, rowsAfter),
    displayed: shownAfter - shownBefore,
  };
}

async function generate(
  cluster: Cluster,
  asked: GenerationHistory['request'],
): Promise<Pick<GenerationHistory, 'answer' | 'error'>> {
  const pod = chooseGenerator(await cluster.pods(GENERATOR));
  const port: number = pod.spec.containers[0].ports[0].containerPort;
  try {
    const text = await cluster.podHttpPost(pod.metadata.name, port, '/generate', asked);
    return { answer: pickAnswer(JSON.parse(text) as GeneratorAnswer), error: null };
  } catch (error) {
    return { answer: null, error: (error as Error).message };
  }
}

/** Throws LabError when none is there. One that a rollout has told to stop would end in the middle of the job. */
export function chooseGenerator(pods: readonly KubeObject[]): KubeObject {
  const pod = pods.find(isServing);
  if (pod === undefined) throw new LabError(`no pod of ${GENERATOR} is ready`);
  return pod;
}

/** What the contract names; an implementation may answer more. */
function pickAnswer(answer: GeneratorAnswer): GeneratorAnswer {
  const { sent, acknowledged, duplicates, failed, indeterminate, retried, byPod, byNode, durationMs } = answer;
  return { sent, acknowledged, duplicates, failed, indeterminate, retried, byPod, byNode, durationMs };
}

function growth(before: Record<string, number>, after: Record<string, number>): Record<string, number> {
  const grown = Object.entries(after).map(([pod, rows]): [string, number] => [pod, rows - (before[pod] ?? 0)]);
  return Object.fromEntries(grown.filter(([, rows]) => rows !== 0));
}

/** The total as a visitor sees it: through the ingress. */
async function readDisplayed(targets: Targets): Promise<number> {
  const { host, port, hostHeader } = await targets.resolve(STATS.target);
  const stats = await getJson<{ totals: { logs: number } }>({ host, port, path: STATS.path, hostHeader });
  return stats.totals.logs;
}

async function getJson<T>(options: { host: string; port: number; path: string; hostHeader: string }): Promise<T> {
  const { hostHeader, ...where } = options;
  return new Promise<T>((resolve, reject) => {
    const outgoing = request({ ...where, headers: { host: hostHeader }, agent: false }, (response) => {
      if (response.statusCode === 200) json(response).then((body) => resolve(body as T), reject);
      else reject(new LabError(`GET ${hostHeader}${where.path}: HTTP ${response.statusCode}`));
    });
    outgoing.setTimeout(ANSWER_LIMIT_MS, () => outgoing.destroy(new LabError(`GET ${where.path}: no answer`)));
    outgoing.on('error', reject);
    outgoing.end();
  });
}
