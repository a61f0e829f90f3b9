import t from 'tap';
import { parseMetrics } from './counters.ts';

void t.test('reads the counters of the contract from a Prometheus exposition', async (t) => {
  const text = `# HELP http_requests_total Requests answered.
# TYPE http_requests_total counter
http_requests_total{method="POST",route="/logs",status="201"} 41
http_requests_total{route="/logs",status="503",method="POST"} 2
http_requests_total{method="GET",route="/readyz",status="200"} 7
logs_stored_total 41
logs_duplicate_total 3
process_start_time_seconds 1.7e+09
http_request_duration_seconds_bucket{le="0.1"} 5
`;
  t.same(parseMetrics(text), {
    processStartSeconds: 1_700_000_000,
    requests: { 'POST /logs 201': 41, 'POST /logs 503': 2, 'GET /readyz 200': 7 },
    stored: 41,
    duplicates: 3,
  });
});
