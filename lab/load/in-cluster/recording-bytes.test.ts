import t from 'tap';
import { Recorder } from '../recorder.ts';
import { type Recording, toLoadResult } from '../recording.ts';
import { decodeRecording, encodeRecording } from './recording-bytes.ts';

function recording(requests: number): Recording {
  const recorder = new Recorder({ runOriginMs: 1_000_000, worker: { index: 1, count: 3 } });
  for (let own = 0; own < requests; own++) {
    recorder.begin(own / 3);
    recorder.carriedBy(own, recorder.connectionOpened());
    const error = own % 2 === 0 ? '' : 'größer';
    recorder.end(own, { outcome: 'ok', status: 201, pod: `pod-${own % 3}`, node: 'w1', error });
  }
  recorder.dropped = 7;
  return recorder.finish();
}

void t.test('comes out as it went in', async (t) => {
  for (const requests of [0, 1, 5000]) {
    const before = recording(requests);
    const after = decodeRecording(encodeRecording(before));
    t.same(after, before, `${requests} requests`);
    t.equal(toLoadResult(after).operations.length, requests);
  }
});

void t.test('what is not whole is refused', async (t) => {
  const bytes = encodeRecording(recording(100));
  const broken = { name: 'BrokenRecording' };
  for (const length of [0, 3, 40, 44, 1000, bytes.length - 1]) {
    t.throws(() => decodeRecording(bytes.subarray(0, length)), broken, `${length} of ${bytes.length} bytes`);
  }
  t.throws(() => decodeRecording(Buffer.concat([bytes, bytes])), broken, 'twice');
  for (const place of [0, 20, 400, bytes.length - 1]) {
    const changed = Buffer.from(bytes);
    changed[place] = changed[place]! ^ 1;
    t.throws(() => decodeRecording(changed), broken, `one bit of byte ${place}`);
  }
});
