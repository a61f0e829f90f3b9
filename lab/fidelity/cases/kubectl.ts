/** Sessions of kubectl that start no pods. */
import { group } from '../case.ts';
import { withoutWidthsAndAges } from '../normalise.ts';
import type { CommandAnswer } from '../kubectl.ts';
import type { Session } from '../session.ts';
import { configMap, deployment, idlePod, service } from '../objects.ts';

const idleTemplate = {
  schedulerName: 'nobody',
  containers: [
    { name: 'main', image: 'app:1', env: [{ name: 'A', value: '1' }] },
    { name: 'side', image: 'side:1' },
  ],
};
const web = deployment('web', { replicas: 1, pod: idleTemplate });

/** The same on every width of terminal and at every age. */
function plain(answer: CommandAnswer): CommandAnswer {
  return {
    exit: answer.exit,
    ...(answer.out && { out: withoutWidthsAndAges(answer.out) }),
    ...(answer.err && { err: withoutWidthsAndAges(answer.err) }),
  };
}

/** Runs commands one after the other. */
async function commands(s: Session, ...lines: string[]): Promise<unknown> {
  const answers: Record<string, CommandAnswer> = {};
  for (const line of lines) answers[line] = plain(await s.kubectl(line));
  return answers;
}

async function withWeb(s: Session): Promise<void> {
  await s.kubectlWith(web, 'apply -f -');
  await s.objects('pods', (items) => items.length === 1);
  await s.object(
    'deployments',
    'web',
    ({ status }) => status.observedGeneration === 1 && status.conditions?.length === 2,
  );
}

export const kubectl = group(
  'kubectl',
  {
    'get in tables': async (s) => {
      await s.create('pods', idlePod('web'));
      await s.create('services', service('web'));
      return commands(
        s,
        'get pods',
        'get pods -o wide',
        'get pods --show-labels',
        'get pods -L app',
        'get services',
        'get pod/web service/web',
        'get pods --no-headers',
        'get deployments',
        'get pods -l app=none',
        'get pods nope',
        'get gadgets',
      );
    },
    'get in other formats': async (s) => {
      await s.create('configmaps', configMap('b', { k: '1' }, { labels: { x: 'y' } }));
      await s.create('configmaps', configMap('a', { k: '2' }, { labels: { x: 'y' } }));
      return commands(
        s,
        'get configmaps -l x -o name',
        'get configmaps a -o jsonpath={.data.k}',
        'get configmaps -l x --sort-by=.data.k -o name',
        'get configmaps -l x -o custom-columns=NAME:.metadata.name,K:.data.k',
        'get configmaps --field-selector metadata.name=b -o name',
        'get configmap a -o yaml',
        'get configmap a -o json',
        'get configmap a -o go-template={{.metadata.name}}',
      );
    },
    'kinds that the lab does not use': (s) =>
      commands(s, 'get hpa', 'get daemonsets', 'get cronjobs', 'get endpoints', 'autoscale deployment web --max=3'),
    'get all': async (s) => {
      await withWeb(s);
      return commands(s, 'get all', 'get deployment web -o wide', 'get replicasets -o wide');
    },
    'get --watch': async (s) => {
      const watching = s.kubectlUntil(/deleted|b\n/, 'get configmaps -l x --watch -o name');
      await s.create('configmaps', configMap('a', {}, { labels: { x: '1' } }));
      await s.create('configmaps', configMap('b', {}, { labels: { x: '1' } }));
      return watching;
    },
    'apply, and apply again': async (s) => {
      const first = await s.kubectlWith(web, 'apply -f -');
      const again = await s.kubectlWith(web, 'apply -f -');
      const changed = { ...web, metadata: { name: 'web', labels: { x: '1' } } };
      const dry = await s.kubectlWith(changed, 'apply --dry-run=server -f -');
      const diff = await s.kubectlWith(changed, 'diff -f -');
      const real = await s.kubectlWith(changed, 'apply -f -');
      const removed = await s.kubectlWith(web, 'apply -f -');
      const { labels } = (await s.get('deployments', 'web')).body.metadata;
      const differing = diff.out?.filter((line) => /^[+-] /.test(line) && !/generation/.test(line));
      return { first, again, dry, diff: { exit: diff.exit, differing }, real, removed, labels };
    },
    'apply on the server': async (s) => {
      const first = await s.kubectlWith(configMap('settings', { a: '1' }), 'apply --server-side -f -');
      const conflict = await s.kubectlWith(
        configMap('settings', { a: '2' }),
        'apply --server-side --field-manager=other -f -',
      );
      const forced = await s.kubectlWith(
        configMap('settings', { a: '2' }),
        'apply --server-side --field-manager=other --force-conflicts -f -',
      );
      return { first, conflict, forced };
    },
    'apply of what is wrong': async (s) => ({
      unknown: await s.kubectlWith({ ...configMap('a'), nope: 1 }, 'apply -f -'),
      warned: await s.kubectlWith({ ...configMap('a'), nope: 1 }, 'apply --validate=warn -f -'),
      ignored: await s.kubectlWith({ ...configMap('b'), nope: 1 }, 'apply --validate=false -f -'),
      invalid: await s.kubectlWith(deployment('web', { replicas: -1 }), 'apply -f -'),
      kind: await s.kubectlWith(
        { apiVersion: 'example.com/v1', kind: 'Gadget', metadata: { name: 'a' } },
        'apply -f -',
      ),
      nowhere: await s.kubectlWith(configMap('a', {}, { namespace: 'other' }), 'apply -f -'),
    }),
    'apply --prune is by label': async (s) => {
      const labels = { part: 'x' };
      await s.kubectlWith([configMap('a', {}, { labels }), configMap('b', {}, { labels })], 'apply -f -');
      return s.kubectlWith(
        [configMap('a', {}, { labels })],
        'apply --prune -l part=x --prune-allowlist=core/v1/ConfigMap -f -',
      );
    },
    'create and expose': (s) =>
      commands(
        s,
        'create configmap settings --from-literal=a=1',
        'get configmap settings -o jsonpath={.data}',
        'create secret generic password --from-literal=p=q',
        'create deployment web --image=app:1 --replicas=0 --port=80',
        'get deployment web -o jsonpath={.spec.template.spec}',
        'expose deployment web --port=80 --target-port=8080',
        'get service web -o jsonpath={.spec.ports}',
        'create configmap settings',
        'create ingress web --class=other --rule=web.test/*=web:80',
        'create job once --image=app:1 --dry-run=server',
        'create serviceaccount robot',
        'create pdb web --selector=app=web --min-available=1',
        'create namespace Bad_Name',
      ),
    'labels and annotations': async (s) => {
      await s.create('configmaps', configMap('settings'));
      return commands(
        s,
        'label configmap settings tier=front',
        'label configmap settings tier=back',
        'label configmap settings tier=back --overwrite',
        'label configmap settings tier-',
        'label configmap settings tier-',
        'label configmap settings bad!=x',
        'annotate configmap settings note=1',
        'annotate configmap nope note=1',
        'get configmap settings -o jsonpath={.metadata.annotations}',
      );
    },
    'patch in three ways': async (s) => {
      await withWeb(s);
      const strategic = '{"spec":{"template":{"spec":{"containers":[{"name":"side","image":"side:2"}]}}}}';
      return {
        strategic: await s.kubectl('patch deployment web -p', strategic),
        merge: await s.kubectl('patch deployment web --type=merge -p', '{"spec":{"replicas":0}}'),
        json: await s.kubectl(
          'patch deployment web --type=json -p',
          '[{"op":"replace","path":"/spec/replicas","value":1}]',
        ),
        same: await s.kubectl('patch deployment web --type=merge -p', '{"spec":{"replicas":1}}'),
        scale: await s.kubectl('patch deployment web --subresource=scale --type=merge -p', '{"spec":{"replicas":0}}'),
        wrong: await s.kubectl('patch deployment web --type=merge -p', '{"spec":{"replicas":"x"}}'),
        images: await s.kubectl('get deployment web -o jsonpath={.spec.template.spec.containers[*].image}'),
      };
    },
    scale: async (s) => {
      await withWeb(s);
      return commands(
        s,
        'scale deployment web --replicas=0',
        'scale deployment web --replicas=2 --current-replicas=1',
        'scale deployment nope --replicas=1',
        'scale deployment web --replicas=-1',
        'get deployment web -o jsonpath={.spec.replicas}',
      );
    },
    'set image, env, resources': async (s) => {
      await withWeb(s);
      return commands(
        s,
        'set image deployment/web main=app:2',
        'set image deployment/web nope=app:2',
        'set env deployment/web B=2 A-',
        'set env deployment/web --list',
        'set resources deployment web -c main --requests=cpu=10m --limits=memory=64Mi',
        'get deployment web -o jsonpath={.spec.template.spec.containers[0]}',
      );
    },
    'rollout history and undo': async (s) => {
      await withWeb(s);
      await s.kubectl('annotate deployment web kubernetes.io/change-cause=first');
      await s.object('deployments', 'web', ({ metadata }) => metadata.annotations['kubernetes.io/change-cause']);
      await s.objects('replicasets', ([set]) => set?.metadata.annotations['kubernetes.io/change-cause']);
      const second = await s.kubectl('set image deployment/web main=app:2');
      await s.objects('replicasets', (items) => items.length === 2);
      await s.object(
        'deployments',
        'web',
        ({ metadata }) => metadata.annotations['deployment.kubernetes.io/revision'] === '2',
      );
      const history = await commands(
        s,
        'rollout history deployment/web',
        'rollout history deployment/web --revision=2',
      );
      const undo = await commands(s, 'rollout undo deployment/web', 'rollout undo deployment/web --to-revision=9');
      await s.object(
        'deployments',
        'web',
        ({ metadata }) => metadata.annotations['deployment.kubernetes.io/revision'] === '3',
      );
      const after = await commands(
        s,
        'rollout history deployment/web',
        'get deployment web -o jsonpath={.spec.template.spec.containers[0].image}',
      );
      return { second, history, undo, after };
    },
    'rollout pause, resume, restart': async (s) => {
      await withWeb(s);
      const answers = await commands(
        s,
        'rollout pause deployment/web',
        'rollout pause deployment/web',
        'set image deployment/web main=app:2',
        'rollout status deployment/web --timeout=1s',
        'rollout undo deployment/web',
        'rollout restart deployment/web',
        'rollout resume deployment/web',
        'rollout restart deployment/web',
        'rollout status deployment/none',
      );
      await s.objects('replicasets', (items) => items.length >= 2);
      return answers;
    },
    delete: async (s) => {
      for (const name of ['a', 'b', 'c', 'd'])
        await s.create('secrets', { apiVersion: 'v1', kind: 'Secret', metadata: { name, labels: { x: name } } });
      await s.create('pods', idlePod('web'));
      await s.create('pods', idlePod('web2'));
      return commands(
        s,
        'delete secret a',
        'delete secret a',
        'delete secret a --ignore-not-found',
        'delete secrets -l x=b',
        'delete secrets --all',
        'delete pod web --grace-period=0 --force',
        'delete pod web2 --now',
        'delete secrets',
      );
    },
    wait: async (s) => {
      await withWeb(s);
      return commands(
        s,
        'wait deployment/web --for=condition=Progressing --timeout=10s',
        'wait deployment/web --for=condition=Available --timeout=1s',
        'wait deployment/web --for=jsonpath={.spec.replicas}=1 --timeout=10s',
        'wait deployment/web --for=delete --timeout=1s',
        'wait deployment/none --for=delete --timeout=1s',
        'wait deployment/none --for=condition=Available --timeout=1s',
      );
    },
    explain: (s) =>
      commands(
        s,
        'explain deployment.spec.strategy.rollingUpdate.maxSurge',
        'explain pod.spec.terminationGracePeriodSeconds',
        'explain service.spec.sessionAffinity',
        'explain pods.nope',
      ),
    'what there is': async (s) => {
      const resources = await s.kubectl('api-resources --no-headers');
      const served =
        /^(configmaps|deployments|endpointslices|events|ingresses|jobs|namespaces|nodes|persistentvolumeclaims|pods|poddisruptionbudgets|replicasets|secrets|services|statefulsets|storageclasses) /;
      return {
        resources: withoutWidthsAndAges(resources.out!).filter((line) => served.test(line)),
        others: await commands(
          s,
          'auth can-i create pods',
          'auth can-i delete nodes --all-namespaces',
          'get --raw /readyz',
        ),
      };
    },
    'describe a Deployment': async (s) => {
      await withWeb(s);
      await s.objects('events', (items) => items.some(({ reason }) => reason === 'ScalingReplicaSet'));
      return commands(s, 'describe deployment web');
    },
    'describe a Service, a claim, a budget': async (s) => {
      await s.create('services', service('web'));
      await s.create('configmaps', configMap('settings', { a: '1' }));
      await s.create('secrets', { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'x' }, data: { a: 'eA==' } });
      return commands(s, 'describe configmap settings', 'describe secret x', 'describe pod nope');
    },
    'replace and edit': async (s) => {
      await s.create('configmaps', configMap('settings'));
      return {
        replaced: await s.kubectlWith(configMap('settings', { a: '2' }), 'replace -f -'),
        missing: await s.kubectlWith(configMap('none'), 'replace -f -'),
        forced: await s.kubectlWith(configMap('settings', { a: '3' }), 'replace --force -f -'),
        created: await s.kubectlWith(configMap('settings'), 'create -f -'),
      };
    },
  },
  { kubectl: true, quick: true },
);
