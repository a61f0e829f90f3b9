/** grpc of probes: https://github.com/grpc/grpc/blob/master/doc/health-checking.md. */
import type { ClientHttp2Session } from 'node:http2';
import type { GRPCAction } from 'kubernetes-types/core/v1.js';
import { failure, SUCCESS, type Outcome } from './outcome.ts';
import type { ProbeTarget } from './target.ts';

/** HealthCheckResponse{status: SERVING}: field 1, varint 1. */
const SERVING = Buffer.of(0x08, 0x01);
const STATUS_NAMES = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'];
/** A byte that says "not compressed" and four of length. */
const FRAME_HEADER_BYTES = 5;

export async function grpc(action: GRPCAction, target: ProbeTarget, timeoutMs: number): Promise<Outcome> {
  const { connect } = await import('node:http2');
  const real = target.resolve(target.podIP, action.port);
  const session = connect(`http://${real.host}:${real.port}`);
  const timer = setTimeout(() => session.destroy(new Error('context deadline exceeded')), timeoutMs);
  try {
    const answer = await check(session, action.service ?? '');
    if (answer.equals(SERVING)) return SUCCESS;
    return failure(`service unhealthy (responded with "${STATUS_NAMES[answer[1] ?? 0]}")`);
  } catch (error) {
    const address = `${target.podIP}:${action.port}`;
    return failure(`failed to connect service "${address}" within ${timeoutMs}ms: ${(error as Error).message}`);
  } finally {
    clearTimeout(timer);
    session.destroy();
  }
}

function check(session: ClientHttp2Session, service: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    session.on('error', reject);
    const stream = session.request({
      ':method': 'POST',
      ':path': '/grpc.health.v1.Health/Check',
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    const chunks: Buffer[] = [];
    let status: unknown;
    let detail: unknown;
    const readStatus = (headers: Record<string, unknown>): void => {
      status ??= headers['grpc-status'];
      detail ??= headers['grpc-message'];
    };
    stream.on('response', readStatus);
    stream.on('trailers', readStatus);
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('error', reject);
    stream.on('end', () => {
      if (status === '0') resolve(Buffer.concat(chunks).subarray(FRAME_HEADER_BYTES));
      else reject(new Error(`rpc error: code = ${String(status)} desc = ${String(detail)}`));
    });
    stream.end(healthCheckRequest(service));
  });
}

function healthCheckRequest(service: string): Buffer {
  const name = Buffer.from(service);
  const message = name.length > 0 ? Buffer.concat([Buffer.of(0x0a, name.length), name]) : name;
  const header = Buffer.alloc(FRAME_HEADER_BYTES);
  header.writeUInt32BE(message.length, 1);
  return Buffer.concat([header, message]);
}
