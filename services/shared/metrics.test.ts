import t from 'tap';
import { Counter, Gauge, Histogram, Registry } from './metrics.ts';

void t.test('renders the Prometheus text format', async (t) => {
  const registry = new Registry();
  const requests = registry.add(new Counter('requests_total', 'Requests.', ['route', 'status']));
  const total = registry.add(new Counter('total', 'All.'));
  registry.add(new Gauge('depth', 'Depth.', () => 3));
  const sizes = registry.add(new Histogram('size', 'Sizes.', [1, 5]));
  requests.increment(1, '/a', '200');
  requests.increment(2, '/a', '200');
  requests.increment(1, '/"b"', '500');
  total.increment(4);
  for (const size of [1, 2, 5, 6]) sizes.observe(size);

  t.equal(
    registry.render(),
    `# HELP requests_total Requests.
# TYPE requests_total counter
requests_total{route="/a",status="200"} 3
requests_total{route="/\\"b\\"",status="500"} 1
# HELP total All.
# TYPE total counter
total 4
# HELP depth Depth.
# TYPE depth gauge
depth 3
# HELP size Sizes.
# TYPE size histogram
size_bucket{le="1"} 1
size_bucket{le="5"} 3
size_bucket{le="+Inf"} 4
size_sum 14
size_count 4
`,
  );
});

void t.test('a histogram with labels', async (t) => {
  const histogram = new Histogram('seconds', 'Time.', [1], ['method']);
  histogram.observe(0.5, 'GET');
  t.match(histogram.render(), 'seconds_bucket{method="GET",le="1"} 1');
  t.match(histogram.render(), 'seconds_count{method="GET"} 1');
});
