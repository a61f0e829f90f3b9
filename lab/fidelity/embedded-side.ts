/** An embedded cluster for the time of a run, with Kubernetes' own timing. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedProvider } from '../providers/embedded.ts';
import { Side } from './side.ts';

export async function withEmbeddedSide<T>(work: (side: Side) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'log-lab-fidelity-'));
  const provider = new EmbeddedProvider(directory);
  const say = (): void => {};
  try {
    const { kubeconfig } = await provider.up({ profile: 'default', say, signal: AbortSignal.timeout(30_000) });
    const side = await Side.connect(kubeconfig);
    try {
      return await work(side);
    } finally {
      side.close();
    }
  } finally {
    await provider.down({ deleteData: true, say });
    await rm(directory, { recursive: true, force: true });
  }
}
