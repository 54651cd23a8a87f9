-- Sends the requests of a file in turn and ends with one line of JSON. A line of the file is path, header, its value
-- and body, with tabs between them.
local requests, turn = {}, 0

function init(args)
  for line in io.lines(args[1]) do
    local path, header, value, body = line:match("^(.-)\t(.-)\t(.-)\t(.*)$")
    -- By this media type a refusal has a status of its own, which counts as bad.
    local accept = "application/graphql-response+json, application/json;q=0.9"
    local headers = {["content-type"] = "application/json", ["accept"] = accept, [header] = value}
    requests[#requests + 1] = wrk.format("POST", path, headers, body)
  end
end

function request()
  turn = turn % #requests + 1
  return requests[turn]
end

function done(summary, latency)
  local errors = summary.errors
  local bad = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format('\n{"requests": %d, "seconds": %.6f, "p50": %.3f, "p95": %.3f, "bad": %d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(95) / 1e3, bad))
end
