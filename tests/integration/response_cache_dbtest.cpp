// SPDX-License-Identifier: MIT
// What remembering answers spares the database, and when nothing may be remembered.
#include <atomic>
#include <catch2/catch.hpp>
#include <condition_variable>
#include <thread>

#include "http/server.hpp"
#include "store/sqlite/served_file.hpp"
#include "support/ask.hpp"
#include "support/counting_store.hpp"
#include "support/eventually.hpp"
#include "support/generated_nodes.hpp"
#include "support/service.hpp"
#include "support/socket_client.hpp"

using namespace restapi;
using test::CountingStore;
using test::Fixture;

namespace {

using Reads = std::map<std::string, int>;

constexpr std::size_t plenty = 64 << 20;

std::string const api_root = "/api/v2/";

/// Counts the attempts of a service that end in waiting for others.
class Watched final : public http::Application {
 public:
  explicit Watched(test::Service& service) : service_(service) {}
  http::Attempt attempt(http::Request const& request, http::Batch& batch, bool may_wait) override {
    auto attempt = service_.attempt(request, batch, may_wait);
    if (std::holds_alternative<http::InProgress>(attempt)) ++waiting;
    return attempt;
  }
  http::Reply refuse(Error const& error) override { return service_.refuse(error); }

  std::atomic<int> waiting = 0;

 private:
  test::Service& service_;
};

std::string etag_of(http::Response const& response) {
  return std::string(http::find_header(response.headers, "ETag").value_or(""));
}

http::Response ask_if_changed(test::Service& service, std::string const& target, std::string const& etag) {
  return service.answer(http::Request{"GET", target, {{"If-None-Match", etag}}, {}});
}

}  // namespace

TEST_CASE("how many statements a request costs, first and afterwards", "[cache]") {
  struct Case {
    std::string target;
    Reads first;
    int status = 200;
  };
  for (auto const engine : test::engines) {
    CountingStore store(*test::shared_store(Fixture::generation2, engine).store);
    for (auto const& [target, first, status] : {
             Case{"nodes", {{"list", 1}}},
             Case{"nodes?limit=5", {{"list", 1}, {"counted", 1}}},
             Case{"nodes?offset=100", {{"list", 1}, {"count", 1}}},
             Case{"nodes?id>1000", {{"list", 1}}},
             Case{"nodes/page/2", {{"list", 1}}},
             Case{"nodes/page/1", {{"list", 1}, {"counted", 1}}},
             Case{"nodes/page/9", {{"list", 1}, {"count", 1}}, 400},
             Case{"nodes/50bc7547-95", {{"object", 1}}},
             Case{"nodes/ffffffff", {{"object", 1}}, 400},
             Case{"users/1", {{"object", 1}}},
             Case{"nodes/50bc7547-95/io/inputs", {{"neighbours", 1}}},
             Case{"nodes/50bc7547-95/io/inputs?limit=2", {{"neighbours", 1}, {"counted", 1}}},
             Case{"nodes/50bc7547-95/io/inputs?id>1000", {{"neighbours", 1}, {"counted", 1}}},
             Case{"nodes/17735b6b/io/inputs", {{"neighbours", 1}, {"counted", 1}}},
             Case{"nodes/50bc7547-95/content/attributes", {{"object", 1}}},
             Case{"nodes/50bc7547-95/content/extras", {{"object", 1}}},
             Case{"nodes/statistics", {{"statistics", 1}}},
             Case{"nodes/schema", {}},
             Case{"server", {}},
         }) {
      INFO(test::name_of(engine) << ": " << target);
      test::Service service(store, {.memory = std::make_shared<api::AnswerMemory>(plenty)});
      store.take_reads();
      auto const before = service.answer("GET", api_root + target);
      CHECK(before.status == status);
      CHECK(store.take_reads() == first);
      store.versions = 0;
      auto const again = service.answer("GET", api_root + target);
      CHECK(store.take_reads() == Reads{});
      CHECK(store.versions <= 1);
      CHECK(again.body == before.body.text());
      CHECK(again.headers == before.headers);
    }
  }
}

TEST_CASE("an ETag is as good as the answer, and only that answer's", "[cache][etag]") {
  for (auto const engine : test::engines) {
    auto const opened = test::open_fixture(Fixture::generation2, engine);
    INFO(opened->name);
    CountingStore store(*opened->store);
    test::Service service(store, {.memory = std::make_shared<api::AnswerMemory>(plenty)});
    auto const target = api_root + "nodes?id=1";
    auto etag = etag_of(service.answer("GET", target));
    REQUIRE(!etag.empty());
    store.take_reads();
    auto unchanged = ask_if_changed(service, target, etag);
    // A version that is not read within a quarter of a second is given up, on a machine that is busy: another one
    // follows.
    for (int i = 0; i < 5 && unchanged.status != 304; ++i) {
      etag = etag_of(unchanged);
      store.take_reads();
      unchanged = ask_if_changed(service, target, etag);
    }
    CHECK(unchanged.status == 304);
    CHECK(unchanged.body.empty());
    CHECK(etag_of(unchanged) == etag);
    CHECK(store.take_reads() == Reads{});
    CHECK(ask_if_changed(service, target, "*").status == 304);
    CHECK(ask_if_changed(service, api_root + "nodes?id=2", etag).status == 200);
    CHECK(ask_if_changed(service, api_root + "nodes?id==2", etag).status == 400);
    CHECK(ask_if_changed(service, api_root + "nodes/ffffffff", "*").status == 400);

    std::string const change = "UPDATE db_dbnode SET label = 'changed' WHERE id = 1";
    if (opened->database)
      opened->database->run(change);
    else
      test::make_sqlite_file(opened->source, change);
    auto const changed = ask_if_changed(service, target, etag);
    CHECK(changed.status == 200);
    CHECK(etag_of(changed) != etag);
    CHECK(changed.body.text().find("\"changed\"") != std::string::npos);
  }
}

TEST_CASE("an ETag of another process, which may have served other data, means nothing", "[cache][etag]") {
  for (auto* opened : test::every_store()) {
    INFO(opened->name);
    auto const target = api_root + "users";
    auto const etag = etag_of(
        test::Service(*opened->store, {.memory = std::make_shared<api::AnswerMemory>(plenty)}).answer("GET", target));
    REQUIRE(!etag.empty());
    test::Service restarted(*opened->store, {.memory = std::make_shared<api::AnswerMemory>(plenty)});
    CHECK(ask_if_changed(restarted, target, etag).status == 200);
  }
}

TEST_CASE("where the version is unknown nothing is cached", "[cache]") {
  for (auto const engine : test::engines) {
    CountingStore store(*test::shared_store(Fixture::generation2, engine).store);
    store.knows_version = false;
    test::Service service(store, {.memory = std::make_shared<api::AnswerMemory>(plenty)});
    for (auto const* target : {"nodes?limit=5", "nodes/50bc7547-95", "nodes/50bc7547-95/io/inputs", "nodes/page/1"}) {
      INFO(target);
      service.answer("GET", api_root + target);
      auto const first = store.take_reads();
      auto const again = service.answer("GET", api_root + target);
      CHECK(store.take_reads() == first);
      CHECK(etag_of(again).empty());
      CHECK(ask_if_changed(service, api_root + target, "*").status == 200);
      store.take_reads();
    }
  }
}

TEST_CASE("a service without memory asks for no version", "[cache]") {
  CountingStore store(*test::shared_store(Fixture::generation2, source::Engine::sqlite).store);
  test::Service service(store, {.memory = std::make_shared<api::AnswerMemory>(0)});
  for (int i = 0; i < 2; ++i) CHECK(etag_of(service.answer("GET", api_root + "nodes?limit=5")).empty());
  CHECK(store.take_reads() == Reads{{"list", 2}, {"counted", 2}});
  CHECK(store.versions == 0);
}

namespace {

/// A service whose statistics are read when the test says so.
struct HeldStatistics {
  HeldStatistics(bool knows_version, unsigned workers) : server({.port = 0, .workers = workers}, watched) {
    store.knows_version = knows_version;
    store.before_read = [this](sql::Statement const& statement) {
      if (statement.name() != "statistics") return;
      std::unique_lock lock(mutex);
      ++begun;
      changed.wait_for(lock, std::chrono::seconds{20}, [this] { return goes_on; });
    };
    port = server.start();
  }

  void ask(int clients) {
    for (int i = 0; i < clients; ++i) {
      all.emplace_back(port);
      REQUIRE(all.back().send("GET /api/v2/nodes/statistics HTTP/1.1\r\nHost: h\r\n\r\n"));
    }
  }
  void release() {
    {
      std::lock_guard const lock(mutex);
      goes_on = true;
    }
    changed.notify_all();
  }
  void all_get_the_same() {
    std::string body;
    for (auto& client : all) {
      auto const received = client.receive();
      REQUIRE(received);
      CHECK(received->status == 200);
      if (body.empty()) body = received->body;
      CHECK(received->body == body);
    }
  }

  CountingStore store{*test::shared_store(Fixture::generation2, source::Engine::sqlite).store};
  std::mutex mutex;
  std::condition_variable changed;
  bool goes_on = false;
  std::atomic<int> begun = 0;
  test::Service service{store, {.memory = std::make_shared<api::AnswerMemory>(plenty)}};
  Watched watched{service};
  http::HttpServer server;
  std::uint16_t port = 0;
  std::vector<test::SocketClient> all;
};

}  // namespace

TEST_CASE("equal requests at the same time are computed once", "[cache][threads]") {
  HeldStatistics held(true, 4);
  constexpr int clients = 100;  // more than go into one batch
  held.ask(clients);
  while (held.watched.waiting < clients - 1) std::this_thread::yield();
  // Others come and go meanwhile.
  for (int i = 0; i < 5; ++i) {
    test::SocketClient other(held.port);
    REQUIRE(other.send("GET /api/v2/nodes?id=" + std::to_string(i) + " HTTP/1.1\r\nHost: h\r\n\r\n"));
    CHECK(other.receive());
  }
  held.release();
  held.all_get_the_same();
  CHECK(held.store.take_reads()["statistics"] == 1);
  CHECK(held.watched.waiting == clients - 1);
}

TEST_CASE("where nothing is cached, equal requests share what is read after they came", "[cache][threads]") {
  HeldStatistics held(false, 2);  // one of the workers reads
  held.ask(1);
  while (held.begun < 1) std::this_thread::yield();
  constexpr int clients = 100;
  held.ask(clients);  // what is being read may be older than these
  while (held.watched.waiting < clients - 1) std::this_thread::yield();
  held.release();
  held.all_get_the_same();
  CHECK(held.store.take_reads()["statistics"] == 2);
}

TEST_CASE("a deep page is the same however it was found", "[cache][paging]") {
  for (auto const engine : test::engines) {
    auto const opened = test::open_fixture(Fixture::generation2, engine);
    INFO(opened->name);
    std::string rows;
    std::int64_t id = 1000;
    constexpr char const* types[] = {"data.core.int.Int.", "data.core.structure.StructureData.",
                                     "process.calculation."};
    for (int i = 0; i < 6000; ++i) {
      id += i % 500 == 0 ? 3000 : 1 + (i * i) % 3;  // gaps of one, of two, and of whole buckets
      rows += (i ? ", " : test::insert_nodes) + test::node_row(id, types[i % 3], i % 7 ? "often" : "seldom");
    }
    if (opened->database)
      opened->database->run(rows);
    else
      test::make_sqlite_file(opened->source, rows);
    // So fresh a file has another version a moment later, when another change would have another time.
    if (!opened->database)
      REQUIRE(test::eventually([&] { return store::find_served_file(opened->source)->is_settled; }));

    CountingStore store(*opened->store);
    test::Service remembering(store, {.memory = std::make_shared<api::AnswerMemory>(plenty)}),
        plain(*opened->store, {});
    std::size_t spreads = 0, full = 0;
    for (auto const* resource : {"nodes", "data", "calculations", "structures"}) {
      for (auto const* filter :
           {"", "label=\"often\"&", "id>3000&", "id<=20000&type=like=\"%core%\"&", "label=\"no\"&"}) {
        for (auto const* order : {"", "orderby=id&", "orderby=-id&", "orderby=-pk&"}) {
          for (auto const* window :
               {"offset=2047&limit=3", "offset=2048&limit=3", "offset=2049&limit=50", "offset=3500&limit=400",
                "offset=5990", "offset=6038&limit=400", "offset=6039", "offset=100000", "offset=2500&limit=0"}) {
            auto const target = api_root + resource + "?" + filter + order + window;
            auto const deep = remembering.answer("GET", target);
            auto const walked = plain.answer("GET", target);
            auto const reads = store.take_reads();
            spreads += reads.contains("buckets");
            full += walked.body.size() > 600;
            if (deep.body == walked.body.text() && deep.status == walked.status &&
                http::find_header(deep.headers, "X-Total-Count") == http::find_header(walked.headers, "X-Total-Count"))
              continue;
            FAIL_CHECK(target << "\n" << deep.body.text() << "\n" << walked.body.text());
          }
        }
      }
      for (auto const* page :
           {"page/6?perpage=400", "page/150", "page/301", "page/303", "page/6?perpage=400&orderby=-id"}) {
        INFO(resource << "/" << page);
        auto const deep = remembering.answer("GET", api_root + resource + "/" + page);
        auto const walked = plain.answer("GET", api_root + resource + "/" + page);
        CHECK(deep.body == walked.body.text());
        CHECK(http::find_header(deep.headers, "Link") == http::find_header(walked.headers, "Link"));
      }
    }
    // Once for each list, and once more for a version that replaced another (a connection that was cut does that).
    CHECK(spreads >= 4 * 5);
    CHECK(spreads < 4 * 5 + store.different_versions());
    CHECK(full > 40);
  }
}
