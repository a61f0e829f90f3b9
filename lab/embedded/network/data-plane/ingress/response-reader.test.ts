import t from 'tap';
import type { ResponseHead } from './response-head.ts';
import { ResponseReader } from './response-reader.ts';

interface Read {
  heads: ResponseHead[];
  body: string;
  ends: boolean[];
}

/** Reads `text`, cut into pieces of `size` bytes. */
function read(text: string, { size = text.length, method = 'GET', upgrade = false, close = false } = {}): Read {
  const result: Read = { heads: [], body: '', ends: [] };
  const reader = new ResponseReader();
  reader.begin(
    {
      head: (head) => void result.heads.push(head),
      data: (chunk) => void (result.body += chunk.toString('latin1')),
      end: (reusable) => void result.ends.push(reusable),
    },
    method,
    upgrade,
  );
  const bytes = Buffer.from(text, 'latin1');
  for (let i = 0; i < bytes.length; i += size) reader.push(bytes.subarray(i, i + size));
  if (close) reader.close();
  return result;
}

const OK = 'HTTP/1.1 200 OK\r\n';

void t.test('every way to delimit a body, however the bytes arrive', (t) => {
  const responses: [text: string, body: string, reusable: boolean, options?: Parameters<typeof read>[1]][] = [
    [`${OK}Content-Length: 5\r\n\r\nhello`, 'hello', true],
    [`${OK}Content-Length: 0\r\n\r\n`, '', true],
    [`${OK}Content-Length: 5\r\nConnection: close\r\n\r\nhello`, 'hello', false],
    [`HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello`, 'hello', false],
    [`${OK}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;x=y\r\n world\r\n0\r\n\r\n`, 'hello world', true],
    [`${OK}transfer-encoding: Chunked\r\n\r\nA\r\n0123456789\r\n0\r\nX-Trailer: 1\r\n\r\n`, '0123456789', true],
    [`${OK}\r\nhello`, 'hello', false, { close: true }],
    [`${OK}Content-Length: 5\r\n\r\n`, '', true, { method: 'HEAD' }],
    ['HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n', '', true],
    ['HTTP/1.1 204 No Content\r\n\r\n', '', true],
    [
      `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n${OK}Content-Length: 1\r\n\r\nx`,
      'x',
      true,
    ],
    ['HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\n\r\nbytes', 'bytes', false, { upgrade: true, close: true }],
  ];
  for (const [text, body, reusable, options] of responses) {
    for (const size of [1, 2, 3, 7, text.length]) {
      const result = read(text, { ...options, size });
      t.same([result.heads.length, result.body, result.ends], [1, body, [reusable]], JSON.stringify(text) + size);
    }
  }
  t.end();
});

void t.test('what could be read in two ways is refused', (t) => {
  const refused: [text: string, why: RegExp, options?: Parameters<typeof read>[1]][] = [
    [`${OK}Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello`, /ambiguous/],
    [`${OK}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, /ambiguous/],
    [`HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, /ambiguous/],
    [`${OK}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n`, /ambiguous/],
    [`${OK}Transfer-Encoding: gzip, chunked\r\n\r\n`, /unknown coding/],
    [`${OK}Content-Length: +5\r\n\r\nhello`, /bad content-length/],
    [`${OK}Content-Length: 5, 5\r\n\r\nhello`, /bad content-length/],
    [`${OK}Content-Length : 5\r\n\r\nhello`, /bad header/],
    [`${OK}A: b\r\n folded\r\n\r\n`, /bad header/],
    [`${OK}A: b\nContent-Length: 5\r\n\r\n`, /bad header/],
    [`${OK}A: \0\r\n\r\n`, /bad header/],
    ['HTTP/2 200 OK\r\n\r\n', /bad status line/],
    ['HTTP/1.1 99 Low\r\n\r\n', /bad status line/],
    [`${OK}Transfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n`, /bad chunk size/],
    [`${OK}Transfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n`, /bad chunk size/],
    [`${OK}Transfer-Encoding: chunked\r\n\r\n5 \r\nhello\r\n`, /bad chunk size/],
    [`${OK}Transfer-Encoding: chunked\r\n\r\n5\r\nhello!\r\n`, /longer than its size/],
    [`${OK}Transfer-Encoding: chunked\r\n\r\n${'1'.repeat(2000)}`, /bad chunk size/],
    [`${OK}${'A: b\r\n'.repeat(20_000)}\r\n`, /head too long/],
    [`${OK}A: ${'b'.repeat(70_000)}`, /head too long/],
    [`${OK}Content-Length: 5\r\n\r\nhell`, /before the end/, { close: true }],
    [`${OK}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n`, /before the end/, { close: true }],
    ['HTTP/1.1 101 Switching\r\n\r\n', /without being asked/],
  ];
  for (const [text, why, options] of refused) {
    t.throws(() => read(text, options), why, JSON.stringify(text.slice(0, 80)));
  }
  t.end();
});

void t.test('bytes beyond the response make the connection useless', (t) => {
  const result = read(`${OK}Content-Length: 5\r\n\r\nhello`, { close: true });
  t.same(result.ends, [true], 'a clean close is none');
  t.throws(() => read(`${OK}Content-Length: 5\r\n\r\nhelloHTTP/1.1 200 OK\r\n`), /more bytes/);
  t.end();
});

void t.test('headers of this connection stay behind', (t) => {
  const { heads } = read(
    `${OK}Connection: keep-alive, X-Private\r\nKeep-Alive: timeout=7\r\nX-Private: 1\r\nSet-Cookie: a\r\nSet-Cookie: b\r\n` +
      'Content-Length: 0\r\nX-Empty:\r\n\r\n',
  );
  t.same(heads[0]?.headers, ['Set-Cookie', 'a', 'Set-Cookie', 'b', 'Content-Length', '0', 'X-Empty', '']);
  t.equal(heads[0]?.keepAliveMs, 7000);
  t.end();
});
