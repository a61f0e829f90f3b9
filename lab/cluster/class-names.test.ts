import t from 'tap';
import { projectPath } from '../project.ts';
import { withClasses } from './class-names.ts';
import { loadManifests } from './manifests.ts';

void t.test('the cluster’s classes take the place of those in the manifests', async (t) => {
  const manifests = await loadManifests(projectPath('manifests'));
  const fitted = withClasses({ ingressClass: 'traefik', storageClass: 'standard' }, manifests);
  const spec = (kind: string, list = fitted) => list.find(({ object }) => object.kind === kind)!.object.spec;
  t.equal(spec('Ingress').ingressClassName, 'traefik');
  t.equal(spec('StatefulSet').volumeClaimTemplates[0].spec.storageClassName, 'standard');
  t.equal(spec('Ingress', manifests).ingressClassName, 'nginx', 'the manifests themselves stay');
  t.same(withClasses({ ingressClass: undefined, storageClass: undefined }, manifests), manifests);
});
