/** Whether the nodes have the services' images. Pure. */
import { importCommands } from '../images/loading.ts';
import { fullImageName, PROGRAMS } from '../images/names.ts';
import type { KubeObject } from './objects.ts';
import type { Finding } from './preflight.ts';

/** Kubelets report no more than so many images each (nodeStatusMaxImages). */
const REPORTED_IMAGES = 50;

/** `nodes`: those that take pods. A mirror of the default registry may have what the nodes do not. */
export function judgeImages(nodes: readonly KubeObject[]): Finding {
  const lacking = nodes.filter(lacksImages).map((node) => node.metadata.name);
  if (lacking.length === 0) return { check: 'images', verdict: 'ok', detail: 'on every node', fix: '' };
  const names = lacking.join(', ');
  const commands = importCommands(PROGRAMS.map((program) => `${program}.tar`)).join('; ');
  return {
    check: 'images',
    verdict: 'reduced',
    detail: `the services' images are not on ${names}`,
    fix: `npm run images, copy the archives to ${names}, and there: ${commands}; or push them and give --registry`,
  };
}

function lacksImages(node: KubeObject): boolean {
  const images: { names?: string[] }[] = node.status?.images ?? [];
  const names = new Set(images.flatMap((image) => image.names ?? []));
  return images.length < REPORTED_IMAGES && PROGRAMS.some((program) => !names.has(fullImageName(program)));
}
