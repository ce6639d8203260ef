// SPDX-License-Identifier: MIT
// Remembered answers are never older than what was committed before the request. A writer publishes each state after
// its commit has returned; readers look at what is published, ask, and compare.
#include <atomic>
#include <catch2/catch.hpp>
#include <functional>
#include <mutex>
#include <random>
#include <thread>

#include "http/server.hpp"
#include "sql/feed/setup.hpp"
#include "support/ask.hpp"
#include "support/counting_store.hpp"
#include "support/generated_nodes.hpp"
#include "support/postgresql_tools.hpp"
#include "support/sanitized.hpp"
#include "support/service.hpp"
#include "support/session.hpp"
#include "support/socket_client.hpp"

using namespace restapi;
using test::Session;

namespace {

constexpr int all_steps = test::is_sanitized ? 300 : 4000;  // enough for every kind of step and question

constexpr int first_filler = 1000, fillers = 3000, last_filler = first_filler + fillers - 1;
constexpr int first_extra = 2'000'000;
constexpr int nodes_of_fixture = 39;
constexpr int extras_period = 7;  // so many extra nodes as the counter's remainder

/// A counter in the database with a session that counts. The first one is also in a node far down the list, and says
/// how many extra nodes there are.
struct Lane {
  int node;
  std::unique_ptr<Session> session;
  std::atomic<int> published = 0;  // its commit has returned
  std::atomic<int> started = 0;    // nothing beyond may be seen
  enum class State { idle, open, prepared } state = State::idle;

  std::string change() const {
    auto const next = published + 1;
    auto const label = std::to_string(next);
    auto const where = node == 1 ? "IN (1, " + std::to_string(last_filler) + ")" : "= " + std::to_string(node);
    auto sql = "UPDATE db_dbnode SET label = '" + label + "' WHERE id " + where;
    if (node != 1) return sql;
    auto const extras = next % extras_period;
    if (extras == 0) return sql + "; DELETE FROM db_dbnode WHERE id > " + std::to_string(first_extra);
    return sql + "; " + test::insert_nodes + test::node_row(first_extra + extras, "extra.", "");
  }

  void commit(Session& by, std::string const& sql, std::function<void()> const& arrive) {
    started = published + 1;
    by.run(sql);
    arrive();
    published = started.load();
  }
};

/// The three lanes, and a session for everything else.
struct Writer {
  Writer(std::function<std::unique_ptr<Session>()> const& connect, bool one_writer)
      : other(connect()), is_one_writer(one_writer) {
    for (auto& lane : lanes) lane.session = connect();
    std::string sql = test::insert_nodes;
    for (int id = first_filler; id <= last_filler; ++id)
      sql += (id == first_filler ? "" : ", ") + test::node_row(id, "data.core.int.Int.", "filler");
    other->run(sql + "; UPDATE db_dbnode SET label = '0' WHERE id IN (1, 5, 6, " + std::to_string(last_filler) +
               "); INSERT INTO db_dblink (id, input_id, output_id, label, type) VALUES (100, 1, 2, 'x', 'create')");
  }

  void step() {
    auto& lane = lanes[random() % 3];
    auto& session = *lane.session;
    auto const dice = random() % 100;
    switch (lane.state) {
      case Lane::State::idle:
        if (dice < 60) {
          session.run("BEGIN; " + lane.change());
          lane.commit(session, "COMMIT", arrive);
        } else if (dice < 70) {
          session.run("BEGIN; " + lane.change() + "; ROLLBACK");
        } else if (dice < 78) {
          session.run("BEGIN; SAVEPOINT a; " + lane.change() + "; RELEASE SAVEPOINT a");
          lane.commit(session, "COMMIT", arrive);
        } else if (dice < 86) {
          session.run("BEGIN; SAVEPOINT a; " + lane.change() + "; ROLLBACK TO SAVEPOINT a; " + lane.change());
          lane.commit(session, "COMMIT", arrive);
        } else if (dice < 96 || is_one_writer) {
          session.run("BEGIN; " + lane.change());
          lane.state = Lane::State::open;
          if (is_one_writer) finish(lane);  // nobody else could write meanwhile
        } else {
          session.run("BEGIN; " + lane.change() + "; PREPARE TRANSACTION '" + name_of(lane) + "'");
          lane.state = Lane::State::prepared;
        }
        return;
      case Lane::State::open:
      case Lane::State::prepared:
        if (dice < 30) finish(lane);
        return;
    }
  }

  void finish(Lane& lane) {
    bool const commits = random() % 3 > 0;
    bool const is_prepared = lane.state == Lane::State::prepared;
    auto const words =
        (commits ? std::string("COMMIT") : "ROLLBACK") + (is_prepared ? " PREPARED '" + name_of(lane) + "'" : "");
    auto& session = is_prepared && random() % 2 ? *other : *lane.session;
    if (is_one_writer) pause();  // a long transaction
    if (commits)
      lane.commit(session, words, arrive);
    else
      session.run(words);
    lane.state = Lane::State::idle;
  }

  std::string name_of(Lane const& lane) const { return "freshness_" + std::to_string(lane.node); }

  std::mt19937 random{11};
  Lane lanes[3]{{1, {}}, {5, {}}, {6, {}}};
  std::unique_ptr<Session> other;
  bool is_one_writer;
  std::function<void()> pause = [] {};
  std::function<void()> arrive = [] {};  // returns when readers can see what was committed
};

struct Seen {
  int status = 0;
  std::string etag = {}, total = {}, body = {};
};

using Ask = std::function<Seen(std::string const& target, std::string const& etag)>;

Seen ask_in_process(test::Service& service, std::string const& target, std::string const& etag) {
  http::Request request{"GET", target, {}, {}};
  if (!etag.empty()) request.headers.emplace_back("If-None-Match", etag);
  auto const response = service.answer(request);
  auto const header = [&](char const* name) {
    return std::string(http::find_header(response.headers, name).value_or(""));
  };
  return {response.status, header("ETag"), header("X-Total-Count"), response.body.text()};
}

Seen ask_by_socket(test::SocketClient& client, std::string const& target, std::string const& etag) {
  client.send("GET " + target + " HTTP/1.1\r\nHost: h\r\n" + (etag.empty() ? "" : "If-None-Match: " + etag + "\r\n") +
              "\r\n");
  auto const received = client.receive();
  if (!received) throw std::runtime_error("no answer");
  auto const header = [&](std::string const& name) {
    auto const begin = received->head.find("\r\n" + name + ": ");
    if (begin == std::string::npos) return std::string();
    auto const value = begin + name.size() + 4;
    return received->head.substr(value, received->head.find("\r\n", value) - value);
  };
  return {received->status, header("ETag"), header("X-Total-Count"), received->body};
}

/// What an answer must show, given that states `from` to `to` may be the one it was made from.
struct Question {
  std::string target;
  int lane;
  enum class Shows { label, extras, rows_and_total, statistics } shows;
};

std::vector<Question> questions() {
  using Shows = Question::Shows;
  std::string const api = "/api/v2/";
  std::string const uuid_1 = "17735b6b-1ebe-426b-809e-0b8e639115f0", uuid_2 = "d158c575-a431-4b7c-9e93-5e6b6e50e2a8";
  return {{api + "nodes?id=1", 0, Shows::label},
          {api + "nodes?id=5", 1, Shows::label},
          {api + "nodes?id=6", 2, Shows::label},
          {api + "nodes/" + uuid_1, 0, Shows::label},
          {api + "nodes/" + uuid_2 + "/io/inputs", 0, Shows::label},
          {api + "nodes?id=1&limit=1&offset=0&orderby=-label", 0, Shows::label},
          {api + "nodes?type=\"extra.\"", 0, Shows::extras},
          {api + "nodes?limit=1", 0, Shows::rows_and_total},
          {api + "nodes?limit=400&offset=" + std::to_string(nodes_of_fixture + fillers - 1), 0, Shows::rows_and_total},
          {api + "nodes/page/1?perpage=1", 0, Shows::rows_and_total},
          {api + "nodes/statistics", 0, Shows::statistics}};
}

/// Why the answer cannot be right, or nothing.
std::string fault_of(Question const& question, Seen const& seen, int from, int to) {
  auto const body = nlohmann::json::parse(seen.body);
  auto const in_words = [&](std::string const& what) {
    return question.target + ": " + what + " is not of a state from " + std::to_string(from) + " to " +
           std::to_string(to);
  };
  auto const label_fault = [&](nlohmann::json const& row) {
    auto const label = std::stoi(row.at("label").get<std::string>());
    return label >= from && label <= to ? "" : in_words("label " + std::to_string(label));
  };
  auto const extras_fault = [&](int extras) {
    for (int state = from; state <= to; ++state)
      if (state % extras_period == extras) return std::string();
    return in_words("number of extra nodes " + std::to_string(extras));
  };
  auto const& data = body.at("data");
  switch (question.shows) {
    case Question::Shows::label:
      return label_fault(data.begin().value().at(0));
    case Question::Shows::extras: {
      auto const rows = static_cast<int>(data.at("nodes").size());
      if (rows != std::stoi(seen.total)) return question.target + ": the total is not that of the rows";
      return extras_fault(rows);
    }
    case Question::Shows::rows_and_total: {
      auto fault = label_fault(data.at("nodes").at(0));
      return fault.empty() ? extras_fault(std::stoi(seen.total) - nodes_of_fixture - fillers) : fault;
    }
    case Question::Shows::statistics: {
      auto const& types = data.at("types");
      return extras_fault(types.contains("extra.") ? types["extra."].get<int>() : 0);
    }
  }
  return "?";
}

/// What readers share.
struct Findings {
  std::atomic<bool> is_over = false;
  std::atomic<int> answers = 0, not_modified = 0, unlucky = 0;
  std::mutex mutex;
  std::vector<std::string> faults;

  void add(std::string fault) {
    std::lock_guard const lock(mutex);
    faults.push_back(std::move(fault));
    is_over = true;
  }
};

void read_until_over(unsigned seed, Ask const& ask, Writer const& writer, Findings& findings) try {
  std::mt19937 random(seed);
  auto const all = questions();
  std::vector<Seen> last(all.size());
  while (!findings.is_over) {
    auto const which = random() % all.size();
    auto const& question = all[which];
    auto const& lane = writer.lanes[question.lane];
    auto const from = lane.published.load();
    auto seen = ask(question.target, random() % 3 ? last[which].etag : "");
    auto const to = lane.started.load();
    ++findings.answers;
    if (seen.status == 304) {
      ++findings.not_modified;
      if (seen.etag != last[which].etag || !seen.body.empty()) return findings.add("a strange 304");
      seen = last[which];
    } else if (seen.status == 503 && writer.is_one_writer) {
      ++findings.unlucky;  // SQLite was locked, or seemed to be, twice in a row
      continue;
    } else if (seen.status != 200) {
      return findings.add(question.target + ": status " + std::to_string(seen.status) + " " + seen.body);
    }
    findings.unlucky += seen.etag.empty();  // the version could not be read, for the same reason
    if (auto fault = fault_of(question, seen, from, to); !fault.empty()) return findings.add(std::move(fault));
    last[which] = std::move(seen);
  }
} catch (std::exception const& error) {
  findings.add(error.what());
}

/// Two readers ask the service, two a server around it. `now_and_then`: statements that change no row.
void check_freshness(store::Store& store, Writer& writer, std::vector<std::string> const& now_and_then,
                     int steps = all_steps) {
  test::CountingStore counting(store);
  test::Service service(counting, {.memory = std::make_shared<api::AnswerMemory>(64 << 20)});
  http::HttpServer server({.port = 0, .workers = 3}, service);
  auto const port = server.start();
  Findings findings;
  auto const wait_for_answers = [&](int number) {
    auto const enough = findings.answers + number;
    while (findings.answers < enough && !findings.is_over) std::this_thread::yield();
  };
  writer.pause = [&] { wait_for_answers(3); };

  std::vector<std::thread> readers;
  for (unsigned seed = 0; seed < 2; ++seed) {
    readers.emplace_back([&, seed] {
      read_until_over(
          seed, [&](auto const& target, auto const& etag) { return ask_in_process(service, target, etag); }, writer,
          findings);
    });
    readers.emplace_back([&, seed] {
      test::SocketClient client(port);
      read_until_over(
          seed + 10, [&](auto const& target, auto const& etag) { return ask_by_socket(client, target, etag); }, writer,
          findings);
    });
  }
  try {
    for (int step = 0; step < steps && !findings.is_over; ++step) {
      writer.step();
      if (step % 20 == 0) wait_for_answers(120);  // a while without a change, in which answers are found again
      if (step % 50 == 0)
        for (auto const& statement : now_and_then) writer.other->run(statement);
    }
    for (auto& lane : writer.lanes)
      if (lane.state != Lane::State::idle) writer.finish(lane);
  } catch (std::exception const& error) {
    findings.add(error.what());
  }
  findings.is_over = true;
  for (auto& reader : readers) reader.join();

  for (auto const& fault : findings.faults) UNSCOPED_INFO(fault);
  CHECK(findings.faults.empty());
  int statements = 0;
  for (auto const& [name, reads] : counting.take_reads()) statements += reads;
  // Each answer that is not remembered costs a statement at least.
  UNSCOPED_INFO(findings.answers << " answers, " << findings.not_modified << " of them 304; " << statements
                                 << " statements; " << writer.lanes[0].published << " states");
  CHECK(statements < findings.answers * 2 / 3);
  CHECK(findings.not_modified > findings.answers / 50);
  // The slower the writer, the longer are SQLite's locks.
  CHECK(findings.unlucky <= findings.answers / (test::is_sanitized ? 10 : 50));
  CHECK(writer.lanes[0].published > steps / 10);
}

}  // namespace

TEST_CASE("answers from PostgreSQL are never older than the last commit", "[freshness][postgresql]") {
  auto const opened = test::open_fixture(test::Fixture::generation2, source::Engine::postgresql);
  Writer writer([&] { return std::make_unique<test::PostgreSqlSession>(opened->source); }, false);
  check_freshness(*opened->store, writer,
                  {"ANALYZE db_dbnode", "VACUUM db_dbnode", "SELECT 1 FROM db_dbnode WHERE id = 7 FOR SHARE"});
}

TEST_CASE("nor are they where it writes its changes down", "[freshness][postgresql]") {
  test::PostgreSqlDatabase const database(test::postgresql_of_tests());
  database.load(test::Fixture::generation2);
  database.run(sql::feed::postgresql_setup());
  database.run("CREATE TABLE notes (text text)");
  auto const store = test::open(database.uri());
  Writer writer([&] { return std::make_unique<test::PostgreSqlSession>(database.uri()); }, false);
  check_freshness(*store, writer,
                  {"ANALYZE db_dbnode", "VACUUM db_dbnode", "INSERT INTO notes VALUES ('x')",
                   "GRANT SELECT ON db_dbnode TO PUBLIC"});
}

TEST_CASE("nor are they on its standby", "[freshness][postgresql][standby]") {
  test::PostgreSqlServer const server;
  test::PostgreSqlDatabase const database(server.uri());
  database.load(test::Fixture::generation2);
  database.run(sql::feed::postgresql_setup());
  Writer writer([&] { return std::make_unique<test::PostgreSqlSession>(database.uri()); }, false);
  test::Standby const standby(server);
  standby.catch_up(database.uri());
  writer.arrive = [&] { standby.catch_up(database.uri()); };
  auto const store = test::open(standby.uri(database.uri()));
  check_freshness(*store, writer, {"ANALYZE db_dbnode"}, all_steps / 10);
}

TEST_CASE("answers from an SQLite file are never older than the last commit", "[freshness][sqlite]") {
  for (auto const* mode : {"DELETE", "WAL"}) {
    INFO("journal_mode " << mode);
    auto const opened = test::open_fixture(test::Fixture::generation2, source::Engine::sqlite);
    test::SqliteSession(opened->source).run(std::string("PRAGMA journal_mode = ") + mode);
    Writer writer([&] { return std::make_unique<test::SqliteSession>(opened->source); }, true);
    check_freshness(*opened->store, writer, {"ANALYZE", "PRAGMA wal_checkpoint(TRUNCATE)"});
  }
}
