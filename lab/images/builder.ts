/** What builds images on this machine: interface only. */

export interface ImageSources {
  /** `docker.io/log-lab/log-processor:1.0.0`. */
  name: string;
  /** Directory whose contents become the image's, on top of the base. */
  context: string;
  /** The base image: a build argument of provision/Containerfile. */
  base: string;
}

export type Probe = { version: string } | { problem: string; fix: string };

export interface Builder {
  readonly name: string;
  /** Whether it can build here; changes nothing. */
  probe(signal: AbortSignal): Promise<Probe>;
  /** Writes the image into an OCI archive, under its name. The same sources, base and builder give the same digest. */
  build(image: ImageSources, archive: string, signal: AbortSignal): Promise<void>;
  /** Sends an image that this builder built to a registry, under the name that it has there. */
  push(image: ImageSources, target: string, signal: AbortSignal): Promise<void>;
}

/** In seconds since 1970: of everything that carries a time in an image. */
export const SOURCE_DATE_EPOCH = 0;
