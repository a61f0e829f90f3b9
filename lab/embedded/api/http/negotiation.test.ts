import t from 'tap';
import { negotiate } from './negotiation.ts';

const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io';

void t.test('the first form that is offered is taken', async (t) => {
  t.same(negotiate(undefined), { media: 'application/json', as: 'Object' });
  t.same(negotiate('*/*'), { media: 'application/json', as: 'Object' });
  t.same(negotiate('application/yaml'), { media: 'application/yaml', as: 'Object' });
  t.same(negotiate(`${TABLE},application/json`), { media: 'application/json', as: 'Table' });
  t.same(negotiate('application/vnd.kubernetes.protobuf,application/json'), {
    media: 'application/json',
    as: 'Object',
  });
  t.same(negotiate('application/json;q=0.5,application/yaml'), { media: 'application/yaml', as: 'Object' });
});

void t.test('metadata alone', async (t) => {
  const accept = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
  t.same(negotiate(accept), { media: 'application/json', as: 'Metadata' });
});

void t.test('a conversion that is not known is passed over', async (t) => {
  t.same(negotiate(`${TABLE.replace('v1', 'v1beta1')},application/json`), { media: 'application/json', as: 'Object' });
});

void t.test('nothing that is offered', async (t) => {
  t.throws(() => negotiate('application/vnd.kubernetes.protobuf'), {
    reason: 'NotAcceptable',
    message: '406: Not Acceptable\n\nAvailable representations: application/json, application/yaml',
  });
});
