import { contradictions } from '../coherence.ts';
import { fail, ok, type HostCheck } from '../check.ts';

export const description: HostCheck = {
  name: 'cluster.yaml agrees with itself',
  providers: ['embedded', 'vagrant'],
  async run(_host, file) {
    const problems = contradictions(file);
    if (problems.length === 0) return ok(`Kubernetes ${file.kubernetesVersion}, ${file.nodes.length} nodes`);
    return fail(problems.join('; '), 'mend provision/cluster.yaml; docs/vagrant.md says what depends on what');
  },
};
