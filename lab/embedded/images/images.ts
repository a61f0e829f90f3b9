/**
 * The images of the embedded cluster: the one place that says which command stands for which image name.
 *
 * An image here is what a Dockerfile says about one (ENTRYPOINT, CMD, ENV, WORKDIR, VOLUME, STOPSIGNAL, EXPOSE), plus
 * where its files are on this machine. To put another implementation of a service under test, add its image below.
 */
import { join } from 'node:path';
import { imageKey } from './image-name.ts';

export interface Image {
  /** `node` is the Node that runs the cluster. */
  entrypoint: readonly string[];
  /** Arguments unless the container gives some. */
  cmd: readonly string[];
  env: Readonly<Record<string, string>>;
  workingDir: string;
  /** Directories of the image: path in the container to path on this machine. */
  files: Readonly<Record<string, string>>;
  /** Directories that each container gets an empty one of, unless a volume is mounted there. */
  volumes: readonly string[];
  /** Real directories whose programs come first in PATH. */
  path: readonly string[];
  /** Ports that are listened on whether or not the container declares them. */
  ports: readonly number[];
  /** How the program is asked to end. */
  stopSignal: NodeJS.Signals;
}

export interface Images {
  find(name: string): Image | undefined;
  names(): string[];
}

export interface ImageOptions {
  projectDirectory: string;
  /** Where Node keeps compiled code between starts, which makes them faster. */
  compileCacheDirectory?: string | undefined;
  /** More images by name, or others for names that are known. */
  extra?: Readonly<Record<string, Image>> | undefined;
}

export function createImages(options: ImageOptions): Images {
  const table = new Map(
    Object.entries({ ...standardImages(options), ...options.extra }).map(([name, image]) => [imageKey(name), image]),
  );
  return {
    find: (name) => table.get(imageKey(name)),
    names: () => [...table.keys()],
  };
}

/** An image with the defaults of an empty Dockerfile. TMPDIR and HOME make programs use the container's own /tmp. */
export function image(fields: Partial<Image> & Pick<Image, 'entrypoint'>): Image {
  return {
    cmd: [],
    workingDir: '/',
    files: {},
    path: [],
    ports: [],
    stopSignal: 'SIGTERM',
    ...fields,
    env: { TMPDIR: '/tmp', HOME: '/tmp', ...fields.env },
    volumes: ['/tmp', ...(fields.volumes ?? [])],
  };
}

/** Paths below are in the container: real ones only stand in `files`. */
function standardImages({ projectDirectory, compileCacheDirectory }: ImageOptions): Record<string, Image> {
  const files: Record<string, string> = { '/app': projectDirectory, '/opt/lab': import.meta.dirname };
  const env: Record<string, string> = {};
  if (compileCacheDirectory !== undefined) {
    files['/var/cache/node'] = compileCacheDirectory;
    env.NODE_COMPILE_CACHE = '/var/cache/node';
  }
  const program = (file: string): Image =>
    image({
      entrypoint: ['node', file],
      env: { ...env, HOST: '0.0.0.0', NODE_ENV: 'production' },
      workingDir: '/app',
      files,
    });
  return {
    'log-lab/log-generator:1.0.0': program('services/log-generator/server.ts'),
    'log-lab/log-processor:1.0.0': program('services/log-processor/server.ts'),
    'log-lab/stats-display:1.0.0': program('services/stats-display/server.ts'),
    'log-lab/load-worker:1.0.0': program('lab/load/in-cluster/main.ts'),
    'postgres:18': image({
      entrypoint: ['node', '/opt/lab/postgres/entrypoint.ts'],
      cmd: ['postgres'],
      env: {
        ...env,
        PGDATA: '/var/lib/postgresql/18/docker',
        LAB_INITDB_DIRECTORY: '/docker-entrypoint-initdb.d',
      },
      files,
      volumes: ['/var/lib/postgresql', '/docker-entrypoint-initdb.d'],
      path: [join(import.meta.dirname, 'postgres', 'bin')],
      ports: [5432],
      // Fast shutdown; SIGTERM would wait for clients to leave (the official image's STOPSIGNAL).
      stopSignal: 'SIGINT',
    }),
    'log-lab/test-server:1.0.0': image({ entrypoint: ['node', '/opt/lab/test-server.ts'], env, files }),
    // For pods that run a few lines of their own: `node -e CODE`.
    'node:22-bookworm-slim': image({ entrypoint: [], cmd: ['node'], env }),
    'registry.k8s.io/pause:3.10': image({ entrypoint: ['node', '/opt/lab/pause.ts'], env, files }),
  };
}
