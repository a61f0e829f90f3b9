import t from 'tap';
import { failureOf, newApi, podNamed } from '../test-support.ts';

void t.test('pods are selected by the fields that the API server knows', async (t) => {
  const api = newApi();
  api.create('pods', podNamed('a'));
  api.create('pods', podNamed('b'));
  api.bind('default', 'a', 'w1');
  const selected = (fieldSelector: string): string[] =>
    api.list('pods', { fieldSelector }).map(({ metadata }) => metadata.name);
  t.same(selected('spec.nodeName=w1'), ['a']);
  t.same(selected('spec.nodeName='), ['b']);
  t.same(selected('spec.nodeName!=w1'), ['b']);
  t.same(selected('status.phase==Pending,metadata.name=b'), ['b']);
  t.same(selected('spec.restartPolicy=Never'), []);
});

void t.test('other fields are refused, in the words of each kind', async (t) => {
  const api = newApi();
  const refusal = (plural: 'pods' | 'configmaps' | 'jobs', fieldSelector: string): string =>
    failureOf(() => api.list(plural, { fieldSelector })).message;
  t.equal(refusal('pods', 'spec.foo=x'), 'field label not supported: spec.foo');
  t.equal(
    refusal('configmaps', 'data=x'),
    '"data" is not a known field selector: only "metadata.name", "metadata.namespace"',
  );
  t.equal(refusal('jobs', 'spec.foo=x'), 'field label "spec.foo" not supported for Job');
  t.equal(refusal('pods', 'foo'), "invalid selector: 'foo'; can't understand 'foo'");
});
