import t from 'tap';
import { decodeProtobuf } from './decode.ts';

const decoded = (base64: string): Record<string, unknown> => decodeProtobuf(Buffer.from(base64, 'base64'));

void t.test('kubectl create deployment web --image=app:1 --port=8080 --replicas=0', async (t) => {
  const body =
    'azhzAAoVCgdhcHBzL3YxEgpEZXBsb3ltZW50EroBCiIKA3dlYhIAGgNsYWIiACoAMgA4AEIAWgoKA2FwcBIDd2ViEoUBCAASDAoKCgNhcHASA3dl' +
    'YhprChwKABIAGgAiACoAMgA4AEIAWgoKA2FwcBIDd2ViEksSLQoDYXBwEgVhcHA6MSoAMgsKABAAGJA/IgAqAEIAagByAIABAIgBAJABAKIBABoA' +
    'MgBCAEoAUgBYAGAAaACCAQCKAQCaAQDCAQAiAgoAKAA4ABoMCAAQABgAIAAoADgAGgAiAA==';
  const labels = { app: 'web' };
  t.same(decoded(body), {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'lab', labels },
    spec: {
      replicas: 0,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          containers: [{ name: 'app', image: 'app:1', ports: [{ containerPort: 8080 }], resources: {} }],
        },
      },
      strategy: {},
    },
    status: {},
  });
});

void t.test('kubectl create secret generic s --from-literal=p=q', async (t) => {
  const body = 'azhzAAoMCgJ2MRIGU2VjcmV0EiAKFAoBcxIAGgNsYWIiACoAMgA4AEIAEgYKAXASAXEaABoAIgA=';
  t.match(decoded(body), { kind: 'Secret', metadata: { name: 's' }, data: { p: 'cQ==' } });
});

void t.test('kubectl create ingress i --rule="a.test/x*=s:http"', async (t) => {
  const body =
    'azhzAAofChRuZXR3b3JraW5nLms4cy5pby92MRIHSW5ncmVzcxJJChQKAWkSABoDbGFiIgAqADIAOABCABItGisKBmEudGVzdBIhCh8KHQoCL3gS' +
    'DyINCgFzEggKBGh0dHAQABoGUHJlZml4GgIKABoAIgA=';
  const backend = { service: { name: 's', port: { name: 'http' } } };
  t.match(decoded(body), {
    // The http of a rule belongs to a message of its own, but not to an object of its own.
    spec: { rules: [{ host: 'a.test', http: { paths: [{ path: '/x', pathType: 'Prefix', backend }] } }] },
  });
});

void t.test('what is none of it', async (t) => {
  t.throws(() => decodeProtobuf(Buffer.from('{}')), { code: 400 });
  t.throws(() => decodeProtobuf(Buffer.from('k8s\0')), { code: 400, message: /no kind "" is registered/ });
  t.throws(() => decodeProtobuf(Buffer.from('k8s\0\x0a\x7f')), {
    code: 400,
    message: /the message ends within a field/,
  });
});
