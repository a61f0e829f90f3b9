/** What is in an OCI archive: a tar file of an image layout (image-spec, image-layout.md). */
import { runProgram, type ProgramOptions } from '../program.ts';
import { LabError } from '../exit-codes.ts';

export interface ArchivedImage {
  /** Of the image's manifest: what registries and containerd know the image by. */
  digest: string;
  /** Configuration and compressed layers: what is transferred. */
  sizeBytes: number;
  /** Digests of the compressed layers, from the base up. */
  layers: string[];
}

interface Descriptor {
  digest: string;
  size: number;
}

/** The first image of the archive. Throws LabError when the file is no OCI archive. */
export async function readArchive(file: string, options: ProgramOptions = {}): Promise<ArchivedImage> {
  const read = async (path: string): Promise<unknown> =>
    JSON.parse(await runProgram('tar', ['-xOf', file, path], options)) as unknown;
  try {
    const index = (await read('index.json')) as { manifests: Descriptor[] };
    const { digest } = index.manifests[0]!;
    const manifest = (await read(blobPath(digest))) as { config: Descriptor; layers: Descriptor[] };
    const { config, layers } = manifest;
    return {
      digest,
      sizeBytes: layers.reduce((sum, { size }) => sum + size, config.size),
      layers: layers.map((layer) => layer.digest),
    };
  } catch (error) {
    options.signal?.throwIfAborted();
    throw new LabError(`${file} is no OCI archive: ${(error as Error).message}`, { cause: error });
  }
}

function blobPath(digest: string): string {
  return `blobs/${digest.replace(':', '/')}`;
}
