import t from 'tap';
import { LOG_VARIANTS, logBody } from './log-body.ts';
import { logId, replaceSeq } from './log-id.ts';
import { messageWriter } from './message.ts';
import { loadSpec } from './testing/spec.ts';

const spec = { ...loadSpec('constant-rate', 80, { requests: 1 }), runOriginMs: Date.UTC(2026, 10, 23) };

void t.test('a request with a log', async (t) => {
  const write = messageWriter(spec);
  for (const seq of [0, 1, 17, LOG_VARIANTS, LOG_VARIANTS + 17, 5_000_000_017]) {
    const intendedAt = seq * 0.4;
    const body = logBody(logId(spec.runHash, spec.index, seq), spec.runOriginMs + intendedAt, spec.seed, seq);
    t.equal(
      write(seq, intendedAt).toString(),
      [
        'POST /logs HTTP/1.1',
        'Host: log-processor',
        'Connection: keep-alive',
        'Content-Type: application/json',
        `Content-Length: ${body.length}`,
        '',
        body,
      ].join('\r\n'),
    );
  }
  const first = write(3, 0);
  const text = first.toString();
  write(3 + LOG_VARIANTS, 1000);
  t.equal(first.toString(), text, 'a request is not touched by those after it');
});

void t.test('requests without a body', async (t) => {
  const bodiless = { ...spec, body: 'none', keepAlive: false } as const;
  const head = 'Host: log-processor\r\nConnection: close\r\n';
  t.equal(messageWriter({ ...bodiless, method: 'GET' })(0, 0).toString(), `GET /logs HTTP/1.1\r\n${head}\r\n`);
  t.equal(messageWriter(bodiless)(0, 0).toString(), `POST /logs HTTP/1.1\r\n${head}Content-Length: 0\r\n\r\n`);
});

void t.test('another number is put into an id without making the id anew', async (t) => {
  for (const seq of [0, 9, 255, 2 ** 32 + 1, 2 ** 48 + 5, Number.MAX_SAFE_INTEGER]) {
    const text = Buffer.from(`{"id":"${logId('0123456789ab', 7, 0xfff)}"}`);
    replaceSeq(text, '{"id":"'.length, seq);
    t.equal(text.toString(), `{"id":"${logId('0123456789ab', 7, seq)}"}`);
  }
});
