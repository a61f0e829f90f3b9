/** From a DNS query to its response, without the network. */
import { AUTHORITATIVE_ANSWER, TRUNCATED_RESPONSE, type Answer, type DecodedPacket, type Packet } from 'dns-packet';
import { TTL, type Records } from './dns-records.ts';

/** RFC 1035: what a client takes over UDP unless it says more (EDNS, RFC 6891). */
const UDP_BYTES = 512;

/** RFC 1035, section 4.1.1. */
const RCODE = { NOERROR: 0, FORMERR: 1, NXDOMAIN: 3, REFUSED: 5 } as const;

/** All records of a name within the domain; undefined when it does not exist. */
export type Lookup = (name: string) => Records;

/** Whatever is outside `domain` is refused: the server is authoritative and asks nobody else. */
export function answer(query: DecodedPacket, domain: string, lookup: Lookup): Packet {
  const [question, ...others] = query.questions ?? [];
  if (!question || others.length > 0) return response(query, RCODE.FORMERR);
  const name = question.name.toLowerCase().replace(/\.$/, '');
  if (name !== domain && !name.endsWith(`.${domain}`)) return response(query, RCODE.REFUSED);
  const records = lookup(name);
  if (!records) return response(query, RCODE.NXDOMAIN, { authorities: [authority(domain)] });
  const all = name === domain ? [authority(domain), ...records] : records;
  // A client that finds a CNAME goes on with its target, whatever type it is after.
  const answers = all.filter(({ type }) => type === question.type || type === 'CNAME');
  if (answers.length === 0) return response(query, RCODE.NOERROR, { authorities: [authority(domain)] });
  return response(query, RCODE.NOERROR, {
    answers: asAsked(answers, question.name),
    additionals: glue(answers, lookup),
  });
}

/** Longest response over UDP that the client takes, in bytes. */
export function udpLimit(query: DecodedPacket): number {
  const edns = query.additionals?.find((record) => record.type === 'OPT');
  return edns?.type === 'OPT' ? Math.max(UDP_BYTES, edns.udpPayloadSize) : UDP_BYTES;
}

/** The same response without its records: the client asks again over TCP. */
export function truncated(packet: Packet): Packet {
  return { ...packet, answers: [], additionals: [], flags: (packet.flags ?? 0) | TRUNCATED_RESPONSE };
}

function response(query: DecodedPacket, rcode: number, sections: Partial<Packet> = {}): Packet {
  const recursionDesired = (query.flags ?? 0) & 0x100;
  return {
    id: query.id ?? 0,
    type: 'response',
    flags: AUTHORITATIVE_ANSWER | recursionDesired | rcode,
    questions: query.questions ?? [],
    ...sections,
  };
}

/** Says for how long an absence may be remembered (RFC 2308). */
function authority(domain: string): Answer {
  const times = { refresh: 7200, retry: 1800, expire: 86_400, minimum: TTL };
  const data = { mname: `ns.dns.${domain}`, rname: `hostmaster.${domain}`, serial: 1, ...times };
  return { type: 'SOA', name: domain, ttl: TTL, data };
}

/** Clients compare names byte by byte (case randomisation): the answer repeats the question's spelling. */
function asAsked(answers: Answer[], name: string): Answer[] {
  return answers.map((record) => ({ ...record, name }));
}

function glue(answers: Answer[], lookup: Lookup): Answer[] {
  return answers.flatMap((record) => (record.type === 'SRV' ? (lookup(record.data.target) ?? []) : []));
}
