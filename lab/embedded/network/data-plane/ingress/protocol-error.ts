/** An endpoint sent something that is not HTTP/1.1, or not unambiguously: the client gets 502. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}
