/** Stand-ins for builders, for tests. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** An image of one layer, as builders write it; `directory` is for what is put together. */
export function writeArchive(directory: string, file: string): { digest: string; sizeBytes: number } {
  const layout = join(directory, 'layout');
  mkdirSync(join(layout, 'blobs', 'sha256'), { recursive: true });
  const blob = (content: string): { digest: string; size: number } => {
    const sha256 = createHash('sha256').update(content).digest('hex');
    writeFileSync(join(layout, 'blobs', 'sha256', sha256), content);
    return { digest: `sha256:${sha256}`, size: content.length };
  };
  const [config, layer] = [blob('{}'), blob('a layer')];
  const manifest = blob(JSON.stringify({ schemaVersion: 2, config, layers: [layer] }));
  writeFileSync(join(layout, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  writeFileSync(join(layout, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [manifest] }));
  spawnSync('tar', ['-cf', file, '-C', layout, 'oci-layout', 'index.json', 'blobs']);
  return { digest: manifest.digest, sizeBytes: config.size + layer.size };
}

/** In shell: what docker does for the lab, with `archive` as the result of every build. */
export function fakeBuildkit(archive: string): string {
  return `
case "$*" in
  version*|info*) echo 29.1.0 ;;
  *type=oci*) for word; do case "$word" in type=oci,*) word=\${word#*dest=}; cp '${archive}' "\${word%%,*}" ;; esac; done ;;
esac`;
}
