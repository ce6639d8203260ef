-- SPDX-License-Identifier: MIT
-- For wrk: one line of JSON at the end. Latencies come in microseconds; "errors" are answers with a status from 400 on.
function done(summary, latency, requests)
  local broken = summary.errors
  io.write(string.format(
    '{"requests": %d, "seconds": %.6f, "p50": %.4f, "p99": %.4f, "errors": %d, "broken": %d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    broken.status, broken.connect + broken.read + broken.write + broken.timeout))
end
