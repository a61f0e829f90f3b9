/**
 * Questions about oneself: may I, what may I, who am I. There is one user, who may do everything.
 * They are asked by POST and answered with the same object, its status filled in.
 */
import { isRecord } from '../values.ts';
import { USER } from './authentication.ts';
import { readObject } from './body.ts';
import { methodNotAllowed } from './exchange.ts';
import type { Exchange } from './exchange.ts';
import { sendValue } from './resources/respond.ts';

export interface Review {
  plural: string;
  group: string;
  version: 'v1';
  kind: string;
  status: object;
}

const AUTHORIZATION = { group: 'authorization.k8s.io', version: 'v1' } as const;
const ALL = ['*'];

export const REVIEWS: readonly Review[] = [
  {
    plural: 'selfsubjectaccessreviews',
    ...AUTHORIZATION,
    kind: 'SelfSubjectAccessReview',
    status: { allowed: true, reason: 'the holder of the token may do everything' },
  },
  {
    plural: 'selfsubjectrulesreviews',
    ...AUTHORIZATION,
    kind: 'SelfSubjectRulesReview',
    status: {
      resourceRules: [{ verbs: ALL, apiGroups: ALL, resources: ALL }],
      nonResourceRules: [{ verbs: ALL, nonResourceURLs: ALL }],
      incomplete: false,
    },
  },
  {
    plural: 'selfsubjectreviews',
    group: 'authentication.k8s.io',
    version: 'v1',
    kind: 'SelfSubjectReview',
    status: { userInfo: USER },
  },
];

/** False when the path is not that of a review. */
export async function serveReview(exchange: Exchange): Promise<boolean> {
  const review = REVIEWS.find(({ plural, group, version }) => exchange.path === `/apis/${group}/${version}/${plural}`);
  if (review === undefined) return false;
  if (exchange.request.method !== 'POST') throw methodNotAllowed();
  const { kind, group, version, status } = review;
  const { metadata, spec } = (await readObject(exchange.request)) ?? {};
  const answer = {
    kind,
    apiVersion: `${group}/${version}`,
    metadata: isRecord(metadata) ? metadata : {},
    ...(spec !== undefined && { spec }),
    status,
  };
  await sendValue(exchange, answer, 201);
  return true;
}
