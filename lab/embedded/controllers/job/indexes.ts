/** Completion indexes: which pod of an Indexed job does which part. */
import type { StoredPod } from '../shared/pods.ts';

/** Annotation and label, by which the pod's environment gets it, too. */
export const COMPLETION_INDEX = 'batch.kubernetes.io/job-completion-index';

export function indexOf(pod: StoredPod): number | undefined {
  const text = pod.metadata.annotations?.[COMPLETION_INDEX];
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

/** `1,3-5,7`: the form of status.completedIndexes, in which two neighbours are not yet a range. */
export function formatIndexes(indexes: Iterable<number>): string {
  const sorted = [...new Set(indexes)].sort((a, b) => a - b);
  const ranges: [first: number, last: number][] = [];
  for (const index of sorted) {
    const range = ranges.at(-1);
    if (range && range[1] === index - 1) range[1] = index;
    else ranges.push([index, index]);
  }
  return ranges
    .map(([first, last]) => {
      if (first === last) return String(first);
      return last === first + 1 ? `${first},${last}` : `${first}-${last}`;
    })
    .join(',');
}

/** The inverse of formatIndexes. */
export function parseIndexes(text: string | undefined): Set<number> {
  const indexes = new Set<number>();
  for (const part of (text ?? '').split(',').filter(Boolean)) {
    const [first, last = first] = part.split('-').map(Number);
    for (let index = first!; index <= last!; index++) indexes.add(index);
  }
  return indexes;
}
