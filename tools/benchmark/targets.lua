-- SPDX-License-Identifier: MIT
-- For wrk: goes through the targets of a file, one a line, each thread from a place of its own. What stands behind a
-- blank is sent as Accept-Encoding.
dofile((debug.getinfo(1, "S").source:sub(2):match("^(.*/)") or "./") .. "report.lua")

local threads = 0
function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

local targets, position = {}, 0
function init(arguments)
  for line in io.lines(arguments[1]) do
    local target, encoding = line:match("^(%S+) ?(%S*)$")
    targets[#targets + 1] = wrk.format("GET", target, encoding ~= "" and { ["Accept-Encoding"] = encoding } or nil)
  end
  position = number * 389
end

function request()
  position = position + 1
  return targets[position % #targets + 1]
end
