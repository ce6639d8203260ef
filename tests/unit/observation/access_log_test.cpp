// SPDX-License-Identifier: MIT
#include "observation/access_log.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "observation/slow_requests.hpp"

using namespace restapi;
using namespace restapi::observation;
using namespace std::chrono_literals;

namespace {

std::chrono::system_clock::time_point const moment{std::chrono::milliseconds{1'741'980'009'007}};

std::string line_of(http::Finished const& finished, std::chrono::system_clock::time_point now = moment) {
  std::string line;
  append_access_line(line, finished, now);
  return line;
}

}  // namespace

TEST_CASE("a line of the access log, byte for byte", "[access_log]") {
  http::Trace const trace{":resource", http::Origin::read, {{"version", 1us}, {"list", 2us}}, {}, {}, false, "main"};
  CHECK(line_of({"GET", "/api/v2/nodes?id>45", "h2k9xq-1f", "192.0.2.1", "curl/8.0", 200, 1234, 1460us, trace}) ==
        R"({"time":"2025-03-14T19:20:09.007Z","id":"h2k9xq-1f","client":"192.0.2.1","method":"GET",)"
        R"("target":"/api/v2/nodes?id>45","profile":"main","route":":resource","status":200,)"
        R"("bytes":1234,"ms":1.460,"statements":2,)"
        R"("origin":"read","user_agent":"curl/8.0"})");
}

TEST_CASE("the end of a connection has its messages, and no token", "[access_log]") {
  http::Trace const trace{.route = "rows", .profile = "main"};
  std::string line;
  append_access_line(line, {"GET", "/ws/core/?jwt_token=eyJh.eyJz.c2ln", "i", "::1", "", 101, 1234, 2s, trace}, moment,
                     12);
  CHECK(line == R"({"time":"2025-03-14T19:20:09.007Z","id":"i","client":"::1","method":"GET",)"
                R"("target":"/ws/core/?jwt_token=…","profile":"main","route":"rows","status":101,"bytes":1234,)"
                R"("ms":2000.000,"statements":0,"origin":"computed","user_agent":"","messages":12})");
}

TEST_CASE("the second of a line is its own", "[access_log]") {
  http::Trace const trace;
  http::Finished const finished{"", "", "i", "::1", "", 400, 0, 0ns, trace};
  CHECK_THAT(line_of(finished, moment + 993ms), Catch::StartsWith(R"({"time":"2025-03-14T19:20:10.000Z")"));
  CHECK_THAT(line_of(finished, moment), Catch::StartsWith(R"({"time":"2025-03-14T19:20:09.007Z")"));
}

TEST_CASE("whatever a client sends, the line is one line of JSON", "[access_log]") {
  http::Trace const trace;
  for (std::string const& hostile :
       {std::string("\"},{\"status\":200"), std::string("\\"), std::string("a\nb\r\n"),
        std::string("\x00\x1b[2J\x7f", 6), std::string("\xff\xfe\xc3"), std::string("\xed\xa0\x80"),
        std::string("é\xe2\x80\xa8\xf0\x9f\x92\xa9"), std::string(20'000, '"')}) {
    auto const line = line_of({hostile, hostile, "i", "::1", hostile, 404, 0, 0ns, trace});
    CHECK(line.find('\n') == std::string::npos);
    auto const parsed = nlohmann::json::parse(line, nullptr, false);
    REQUIRE(parsed.is_object());
    CHECK(parsed.size() == 13);
    CHECK(parsed["status"] == 404);
  }
}

TEST_CASE("a user agent without an end is cut", "[access_log]") {
  http::Trace const trace;
  auto const line = line_of({"GET", "/", "i", "::1", std::string(30'000, 'x'), 200, 0, 0ns, trace});
  CHECK(line.size() < 600);
}

TEST_CASE("each origin has a name", "[access_log]") {
  CHECK(name_of(http::Origin::computed) == "computed");
  CHECK(name_of(http::Origin::cached) == "remembered");
  CHECK(name_of(http::Origin::read) == "read");
}

TEST_CASE("a slow request says where its time went, and nothing that the client wrote", "[slow_requests]") {
  http::Trace trace{":resource", http::Origin::read, {{"version", 100us}, {"list", 1203400us}, {"count", 5200us}}};
  trace.stages.queue = 31us;
  auto const line = slow_line({"GET", "/api/v2/nodes?label=\"secret\"", "i-1", "::1", "agent", 200, 9, 1210ms, trace});
  CHECK(line == "request i-1: :resource 200 in 1210 ms (queue 0.0 ms, version 0.1 ms, list 1203.4 ms, count 5.2 ms)");
  CHECK_THAT(slow_line({"GET", "/", "i-2", "::1", "", 504, 9, 2s, {}}),
             Catch::StartsWith("request i-2: no route 504 in 2000 ms"));
}
