// SPDX-License-Identifier: MIT
// Totals that are older than their rows: where nothing shows that the data are unchanged, and counting takes long.
#include <catch2/catch.hpp>
#include <thread>

#include "support/ask.hpp"
#include "support/counting_store.hpp"
#include "support/generated_nodes.hpp"
#include "support/service.hpp"

using namespace restapi;
using namespace std::chrono_literals;

namespace {

/// A database that takes its time to count.
struct Slow {
  explicit Slow(source::Engine engine, std::chrono::seconds age = 5s)
      : opened(test::open_fixture(test::Fixture::generation2, engine)),
        store(*opened->store),
        service(store, {.memory = std::make_shared<api::AnswerMemory>(64 << 20), .total_age = age}) {
    store.before_read = [this](sql::Statement const& statement) {
      if (statement.name() == "counted" || statement.name() == "count") std::this_thread::sleep_for(counting);
    };
  }

  void write(std::string const& sql) const {
    if (opened->database)
      opened->database->run(sql);
    else
      test::make_sqlite_file(opened->source, sql);
  }

  /// How long it takes to count is believed after a while.
  void count_often(std::string const& target) {
    while (!ask(target).is_aged) write("UPDATE db_dbuser SET institution = institution || 'x'");
    ask(target, "count=exact");
  }

  void add_node(int id) const { write(test::insert_nodes + test::node_row(id, "data.core.int.Int.", "new")); }

  struct Seen {
    int status;
    std::string total, ids;
    bool is_aged, has_etag;
  };
  Seen ask(std::string const& target, std::string const& prefer = {}) {
    http::Request request{"GET", "/api/v2/" + target, {}, {}};
    if (!prefer.empty()) request.headers.emplace_back("Prefer", prefer);
    auto const response = service.answer(request);
    std::string ids;
    auto const body = test::parse_json(response.body.text());
    if (response.status == 200)
      for (auto const& row : body.at("data").begin().value()) ids += std::to_string(row.at("id").get<int>()) + " ";
    return {response.status, std::string(http::find_header(response.headers, "X-Total-Count").value_or("")), ids,
            http::find_header(response.headers, "X-Total-Age").has_value(),
            http::find_header(response.headers, "ETag").has_value()};
  }

  std::chrono::milliseconds counting{400};
  std::unique_ptr<test::OpenedStore> opened;
  test::CountingStore store;
  test::Service service;
};

constexpr int nodes = 39;  // of the fixture

}  // namespace

TEST_CASE("rows are read anew, their total may be older and says so", "[aged]") {
  Slow slow(GENERATE(source::Engine::postgresql, source::Engine::sqlite), 3s);
  INFO(slow.opened->name);
  auto const newest = "nodes?orderby=-id&limit=1";
  slow.count_often(newest);
  slow.add_node(1001);
  slow.store.take_reads();
  auto seen = slow.ask(newest);
  CHECK(seen.ids == "1001 ");
  CHECK(seen.total == std::to_string(nodes));
  CHECK(seen.is_aged);
  CHECK(!seen.has_etag);
  CHECK(slow.store.take_reads() == std::map<std::string, int>{{"list", 1}});
  seen = slow.ask(newest);  // nor is it kept
  CHECK(seen.is_aged);
  CHECK(slow.store.take_reads() == std::map<std::string, int>{{"list", 1}});
  seen = slow.ask(newest, "count=exact");
  CHECK(seen.total == std::to_string(nodes + 1));
  CHECK(!seen.is_aged);
  std::this_thread::sleep_for(3100ms);
  slow.add_node(1002);
  seen = slow.ask(newest);
  CHECK(seen.total == std::to_string(nodes + 2));
  CHECK(!seen.is_aged);
}

TEST_CASE("pages agree with the total that is shown", "[aged]") {
  Slow slow(source::Engine::postgresql);
  slow.count_often("nodes/page/1?perpage=10");
  for (int id = 1001; id <= 1012; ++id) slow.add_node(id);
  CHECK(slow.ask("nodes/page/4?perpage=10").total == "40");  // as many as are shown
  auto const last = slow.ask("nodes/page/6?perpage=10");     // its end is the end of the list
  CHECK(last.total == std::to_string(nodes + 12));
  CHECK(!last.is_aged);
  CHECK(slow.ask("nodes/page/7?perpage=10").status == 400);
}

TEST_CASE("what is counted in no time is exact", "[aged]") {
  Slow slow(source::Engine::postgresql);
  slow.counting = 0ms;
  for (int id = 1001; id <= 1010; ++id) {
    slow.add_node(id);
    auto const seen = slow.ask("nodes?limit=1");
    CHECK(seen.total == std::to_string(nodes + id - 1000));
    CHECK(!seen.is_aged);
  }
}

TEST_CASE("where totals are to be exact, each list is counted", "[aged]") {
  Slow slow(source::Engine::postgresql, 0s);
  for (int id = 1001; id <= 1003; ++id) {
    slow.add_node(id);
    CHECK(slow.ask("nodes?limit=1").total == std::to_string(nodes + id - 1000));
  }
}

TEST_CASE("requests for the same list share one count, and none waits for it once there is a total", "[aged]") {
  Slow slow(source::Engine::postgresql);
  slow.store.knows_version = false;  // as on a standby
  slow.count_often("nodes?limit=1");
  std::this_thread::sleep_for(4s + 100ms);
  slow.store.take_reads();
  std::vector<std::thread> clients;
  for (int i = 0; i < 4; ++i) clients.emplace_back([&] { slow.ask("nodes?limit=1"); });
  for (auto& client : clients) client.join();
  CHECK(slow.store.take_reads()["counted"] == 1);
  for (int i = 0; i < 20; ++i) CHECK(slow.ask("nodes?limit=1").is_aged);
  CHECK(slow.store.take_reads()["counted"] == 0);
}
