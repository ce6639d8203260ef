// SPDX-License-Identifier: MIT
#include "observation/metrics.hpp"

#include <catch2/catch.hpp>
#include <map>
#include <sstream>
#include <thread>

#include "api/v2/routes.hpp"
#include "observation/process_metrics.hpp"

using namespace restapi;
using namespace restapi::observation;
using namespace std::chrono_literals;

namespace {

std::string const profiles[] = {"main", "other"};
std::string_view const routes[] = {"/", ":resource", ":resource/:id"};

/// Samples by name and labels as written: `restapi_requests_total{route="none",status="404"}`.
std::map<std::string, double> samples(Metrics const& metrics) {
  std::map<std::string, double> all;
  std::istringstream text(metrics.text());
  for (std::string line; std::getline(text, line);) {
    if (line.starts_with('#')) continue;
    auto const blank = line.rfind(' ');
    if (!all.emplace(line.substr(0, blank), std::stod(line.substr(blank + 1))).second) FAIL("twice: " + line);
  }
  return all;
}

void finish(Metrics& metrics, http::Trace const& trace, int status = 200, std::chrono::nanoseconds took = 1ms) {
  metrics.on_finished({"GET", "/whatever?x", "id", "::1", "agent", status, 100, took, trace});
}

}  // namespace

TEST_CASE("requests are counted by route and status", "[metrics]") {
  Metrics metrics(routes, profiles);
  for (int i = 0; i < 3; ++i) finish(metrics, {":resource"});
  finish(metrics, {":resource"}, 400);
  finish(metrics, {"/"});
  finish(metrics, {""}, 404);
  auto const all = samples(metrics);
  CHECK(all.at(R"(restapi_requests_total{route=":resource",status="200"})") == 3);
  CHECK(all.at(R"(restapi_requests_total{route=":resource",status="400"})") == 1);
  CHECK(all.at(R"(restapi_requests_total{route="/",status="200"})") == 1);
  CHECK(all.at(R"(restapi_requests_total{route="none",status="404"})") == 1);
  CHECK(all.at("restapi_response_bytes_total") == 600);
}

TEST_CASE("a route is known by its text, and an unknown one makes no new series", "[metrics]") {
  Metrics metrics(routes, profiles);
  finish(metrics, {std::string_view(":resource/:id and more").substr(0, 13)});  // another address than the table's
  auto const before = samples(metrics).size();
  for (std::string const text : {"/etc/passwd", "a", "b", "c"}) finish(metrics, {text}, 200);
  auto const all = samples(metrics);
  CHECK(all.at(R"(restapi_requests_total{route=":resource/:id",status="200"})") == 1);
  CHECK(all.at(R"(restapi_requests_total{route="none",status="200"})") == 4);
  CHECK(all.size() == before + 1);
}

TEST_CASE("a duration is in its bucket and all larger ones", "[metrics]") {
  Metrics metrics(routes, profiles);
  finish(metrics, {":resource"}, 200, 300us);
  finish(metrics, {":resource"}, 200, 500us);  // a bucket includes its bound
  finish(metrics, {":resource"}, 200, 2s);
  finish(metrics, {":resource"}, 200, 31s);
  auto const all = samples(metrics);
  auto const bucket = [&](std::string const& bound) {
    return all.at(R"(restapi_request_seconds_bucket{route=":resource",le=")" + bound + "\"}");
  };
  CHECK(bucket("0.0005") == 2);
  CHECK(bucket("1") == 2);
  CHECK(bucket("2.5") == 3);
  CHECK(bucket("30") == 3);
  CHECK(bucket("+Inf") == 4);
  CHECK(all.at(R"(restapi_request_seconds_sum{route=":resource"})") == Approx(33.0008));
  CHECK(all.at(R"(restapi_request_seconds_count{route="none"})") == 0);
}

TEST_CASE("statements, origins and failures of the store", "[metrics]") {
  std::string const strange[] = {"ma\"in\\"};
  Metrics metrics(routes, strange);
  finish(metrics, {":resource", http::Origin::read, {{"version", 1ms}, {"list", 250ms}}});
  finish(metrics, {":resource", http::Origin::read, {{"list", 750ms}}});
  finish(metrics, {":resource", http::Origin::cached});
  http::Trace failed{":resource", http::Origin::read, {{"list", 1ms}}};
  failed.store_error = Code::store_too_slow;
  failed.profile = strange[0];
  finish(metrics, failed, 504);
  failed.profile = "nobody's";
  finish(metrics, failed, 504);
  finish(metrics, {}, http::client_left);
  auto const all = samples(metrics);
  CHECK(all.at(R"(restapi_statements_total{name="list"})") == 4);
  CHECK(all.at(R"(restapi_statements_total{name="version"})") == 1);
  CHECK(all.at(R"(restapi_statement_seconds_total{name="list"})") == Approx(1.002));
  CHECK(all.at(R"(restapi_profile_requests_total{profile="ma\"in\\"})") == 1);
  CHECK(all.at(R"(restapi_answers_total{origin="read"})") == 4);
  CHECK(all.at(R"(restapi_answers_total{origin="remembered"})") == 1);
  CHECK(all.at(R"(restapi_answers_total{origin="computed"})") == 0);
  CHECK(all.at(R"(restapi_requests_total{route="none",status="499"})") == 1);
  CHECK(all.at(R"(restapi_store_errors_total{kind="store_too_slow",profile="ma\"in\\"})") == 1);
  CHECK(all.at(R"(restapi_store_errors_total{kind="store_unavailable",profile="ma\"in\\"})") == 0);
}

TEST_CASE("numbers of others are read when they are asked for", "[metrics]") {
  Metrics metrics(routes, profiles);
  double connections = 3;
  metrics.add(Metrics::Kind::gauge, "restapi_connections", "Open connections", [&] { return connections; });
  metrics.add(Metrics::Kind::counter, "restapi_shed_total", "Requests refused", Metrics::Read([] {
                return std::vector<Metrics::Sample>{{{{"why", "queue"}}, 1}, {{{"why", "memory"}}, 2}};
              }));
  metrics.add(Metrics::Kind::gauge, "restapi_unknown", "Nothing",
              Metrics::Read([] { return std::vector<Metrics::Sample>(); }));
  CHECK_THAT(metrics.text(), !Catch::Contains("restapi_unknown"));
  CHECK(samples(metrics).at("restapi_connections") == 3);
  connections = 4;
  CHECK(samples(metrics).at("restapi_connections") == 4);
  CHECK(samples(metrics).at(R"(restapi_shed_total{why="memory"})") == 2);
  CHECK_THAT(metrics.text(), Catch::Contains("# TYPE restapi_shed_total counter\n"));
  CHECK_THAT(metrics.text(), Catch::Contains("# HELP restapi_connections Open connections\n"));
}

TEST_CASE("how long something took is counted by ranges", "[metrics]") {
  Metrics metrics(routes, profiles);
  Histogram histogram;
  metrics.add("restapi_lag_seconds", "Lag", [&] {
    return std::vector<Metrics::HistogramSample>{{{{"profile", "main"}}, histogram.counts()}};
  });
  for (auto const took : {-5000ms, 0ms, 1ms, 2ms, 100ms, 101ms, 40'000ms}) histogram.observe(took);
  auto const all = samples(metrics);
  CHECK(all.at(R"(restapi_lag_seconds_bucket{profile="main",le="0.001"})") == 3);  // bounds belong to their ranges
  CHECK(all.at(R"(restapi_lag_seconds_bucket{profile="main",le="0.1"})") == 5);
  CHECK(all.at(R"(restapi_lag_seconds_bucket{profile="main",le="30"})") == 6);
  CHECK(all.at(R"(restapi_lag_seconds_bucket{profile="main",le="+Inf"})") == 7);
  CHECK(all.at(R"(restapi_lag_seconds_count{profile="main"})") == 7);
  CHECK(all.at(R"(restapi_lag_seconds_sum{profile="main"})") == Approx(40.204));
  CHECK_THAT(metrics.text(), Catch::Contains("# TYPE restapi_lag_seconds histogram\n"));
}

TEST_CASE("many threads count exactly", "[metrics][threads]") {
  Metrics metrics(routes, profiles);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (int step = 0; step < 2000; ++step)
        finish(metrics, {":resource", http::Origin::read, {{step % 2 ? "list" : "count", 1us}}}, 200 + step % 5);
    });
  for (int i = 0; i < 20; ++i) CHECK_FALSE(metrics.text().empty());
  for (auto& thread : threads) thread.join();
  auto const all = samples(metrics);
  for (int status = 200; status < 205; ++status)
    CHECK(all.at(R"(restapi_requests_total{route=":resource",status=")" + std::to_string(status) + "\"}") == 1600);
  CHECK(all.at(R"(restapi_statements_total{name="list"})") == 4000);
  CHECK(all.at("restapi_response_bytes_total") == 800'000);
}

TEST_CASE("the process is described in believable numbers", "[metrics]") {
  Metrics metrics(routes, profiles);
  add_process_metrics(metrics);
  auto const all = samples(metrics);
  auto const now = static_cast<double>(std::chrono::system_clock::to_time_t(std::chrono::system_clock::now()));
  CHECK(all.at("process_start_time_seconds") > now - 86'400);
  CHECK(all.at("process_start_time_seconds") < now + 60);
  CHECK(all.at("process_resident_memory_bytes") > 1e6);
  CHECK(all.at("process_resident_memory_bytes") < all.at("process_virtual_memory_bytes"));
  CHECK(all.at("process_open_fds") >= 3);
  CHECK(all.at("process_open_fds") <= all.at("process_max_fds"));
  CHECK(all.at("process_cpu_seconds_total") > 0);
}

TEST_CASE("every endpoint has a name of its own", "[metrics][routes]") {
  std::map<std::string_view, int> names;
  for (auto const& route : api::v2::routes()) ++names[api::v2::name_of(route)];
  CHECK(names.size() == api::v2::routes().size());
  CHECK(names.count("") == 0);
  CHECK(names.count("none") == 0);
}
