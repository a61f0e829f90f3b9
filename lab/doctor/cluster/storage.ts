import { fail, ok, type ClusterCheck } from '../check.ts';

const DEFAULT_ANNOTATION = 'storageclass.kubernetes.io/is-default-class';

export const storage: ClusterCheck = {
  name: 'default storage class',
  providers: ['embedded', 'vagrant', 'kubeconfig', 'kind'],
  async run(cluster) {
    const classes = await cluster.list('storage.k8s.io/v1', 'StorageClass');
    const standard = classes.find(({ metadata }) => metadata.annotations?.[DEFAULT_ANNOTATION] === 'true');
    if (standard !== undefined) return ok(standard.metadata.name);
    return fail(
      `none of ${classes.map(({ metadata }) => metadata.name).join(', ') || '(no classes)'} is the default: PostgreSQL's volume stays Pending`,
      `kubectl annotate storageclass NAME ${DEFAULT_ANNOTATION}=true`,
    );
  },
};
