/** All builders, in the order in which they are tried. */
import { UsageError } from '../exit-codes.ts';
import { didYouMean } from '../nearest.ts';
import { BuildahBuilder } from './buildah.ts';
import type { Builder } from './builder.ts';
import { BuildkitBuilder, DOCKER, NERDCTL } from './buildkit.ts';

const BUILDERS: readonly Builder[] = [
  new BuildkitBuilder(DOCKER),
  new BuildahBuilder('podman'),
  new BuildahBuilder('buildah'),
  new BuildkitBuilder(NERDCTL),
];

const BUILDER_NAMES = BUILDERS.map(({ name }) => name);

export interface ChosenBuilder {
  builder: Builder;
  version: string;
}

/** Why none of them can build, each with what to do. */
export interface NoBuilder {
  problems: string[];
}

/** The first that can build here, or the one that is named. Throws UsageError for a name that is not there. */
export async function chooseBuilder(name: string | undefined, signal: AbortSignal): Promise<ChosenBuilder | NoBuilder> {
  const candidates = name === undefined ? BUILDERS : BUILDERS.filter((builder) => builder.name === name);
  if (candidates.length === 0) {
    throw new UsageError(
      `unknown builder "${name}"; there are ${BUILDER_NAMES.join(', ')}${didYouMean(name!, BUILDER_NAMES)}`,
    );
  }
  const problems: string[] = [];
  for (const builder of candidates) {
    const probe = await builder.probe(signal);
    if ('version' in probe) return { builder, version: probe.version };
    problems.push(`${builder.name}: ${probe.problem} -> ${probe.fix}`);
  }
  return { problems };
}
