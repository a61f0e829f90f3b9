/** The programs that are shipped as images, and their names: in the manifests, on nodes, in registries. Pure. */
import { UsageError } from '../exit-codes.ts';

export const SERVICES = ['log-generator', 'log-processor', 'stats-display'] as const;

/** Makes load from inside the cluster. */
export const LOAD_WORKER = 'load-worker';

export const PROGRAMS = [...SERVICES, LOAD_WORKER] as const;

export type Program = (typeof PROGRAMS)[number];

const REPOSITORY = 'log-lab';
const VERSION = '1.0.0';

export function imageName(program: Program): string {
  return `${REPOSITORY}/${program}:${VERSION}`;
}

/** As containerd and the API server know it. */
export function fullImageName(program: Program): string {
  return `docker.io/${imageName(program)}`;
}

/** The same image in a registry: `HOST/PATH/log-processor:1.0.0`. Images that are not the lab's keep their names. */
export function nameInRegistry(image: string, registry: string): string {
  return image.startsWith(`${REPOSITORY}/`) ? `${registry}${image.slice(REPOSITORY.length)}` : image;
}

/** `HOST[:PORT][/PATH]`, lower case. */
const REGISTRY = /^(localhost|[a-z0-9-]+(\.[a-z0-9-]+)+|[a-z0-9-]+(?=:))(:\d{1,5})?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*$/;

/** Answers what it was given. Throws UsageError for what no registry can be called. */
export function parseRegistry(text: string): string {
  if (REGISTRY.test(text)) return text;
  throw new UsageError(
    `--registry takes HOST/PATH, such as registry.example.org/course or localhost:5000, not "${text}"`,
  );
}
