// SPDX-License-Identifier: MIT
#include "observation/server_metrics.hpp"

#include <optional>

namespace restapi::observation {
namespace {

using Kind = Metrics::Kind;
using store::LazyStore;
using store::StoreCounts;

template <class Counts>
struct Row {
  Kind kind;
  char const* name;
  char const* help;
  double (*read)(Counts const&);
};

template <class Number>
double number(Number value) {
  return static_cast<double>(value);
}

constexpr Row<http::ServerCounts> server_rows[] = {
    {Kind::gauge, "restapi_connections", "Connections of clients that are open",
     [](http::ServerCounts const& counts) { return number(counts.connections); }},
    {Kind::counter, "restapi_connections_accepted_total", "Connections of clients that were accepted",
     [](http::ServerCounts const& counts) { return number(counts.accepted); }},
    {Kind::counter, "restapi_connections_refused_total", "Connections closed at once for lack of memory or descriptors",
     [](http::ServerCounts const& counts) { return number(counts.refused); }},
    {Kind::counter, "restapi_connections_evicted_total", "Idle connections that were closed to make room for others",
     [](http::ServerCounts const& counts) { return number(counts.evicted); }},
    {Kind::counter, "restapi_connections_waited_total", "Times that a new connection found no place",
     [](http::ServerCounts const& counts) { return number(counts.waited); }},
    {Kind::counter, "restapi_connections_too_slow_total", "Connections whose client did not take its answer",
     [](http::ServerCounts const& counts) { return number(counts.too_slow); }},
    {Kind::gauge, "restapi_requests_queued", "Requests that wait for a worker",
     [](http::ServerCounts const& counts) { return number(counts.queued); }},
    {Kind::gauge, "restapi_requests_working", "Requests that a worker reads the answer of",
     [](http::ServerCounts const& counts) { return number(counts.working); }},
    {Kind::counter, "restapi_requests_shed_total", "Requests that were refused because too many were under way",
     [](http::ServerCounts const& counts) { return number(counts.shed); }},
};

struct ProgramRow {
  Kind kind;
  char const* name;
  char const* help;
  std::function<double()> ProgramNumbers::*read;
};

constexpr ProgramRow program_rows[] = {
    {Kind::counter, "restapi_log_dropped_total", "Lines of the main log that could not be written",
     &ProgramNumbers::log_lines_dropped},
    {Kind::counter, "restapi_access_log_dropped_total", "Lines of the access log that could not be written",
     &ProgramNumbers::access_log_lines_dropped},
    {Kind::gauge, "restapi_remembered_bytes", "Memory that cached answers take", &ProgramNumbers::cached_bytes},
    {Kind::gauge, "restapi_answers_bytes",
     "Memory that large answers take which are being made or wait for their readers", &ProgramNumbers::answers_bytes},
};

/// Numbers of one metric that differ in one label.
struct Labelled {
  char const* label;
  double (*read)(StoreCounts const&);
};

struct StoreRow {
  Kind kind;
  char const* name;
  char const* help;
  char const* label_name;
  std::vector<Labelled> values;
};

std::vector<StoreRow> store_rows() {
  return {
      {Kind::gauge,
       "restapi_store_connections",
       "Connections to the database, and requests that wait for one",
       "state",
       {{"idle", [](StoreCounts const& counts) { return number(counts.connections.idle); }},
        {"lent", [](StoreCounts const& counts) { return number(counts.connections.lent); }},
        {"opening", [](StoreCounts const& counts) { return number(counts.connections.opening); }},
        {"waiting", [](StoreCounts const& counts) { return number(counts.connections.waiting); }}}},
      {Kind::counter,
       "restapi_store_connections_opened_total",
       "Connections to the database by whether they came about",
       "result",
       {{"opened", [](StoreCounts const& counts) { return number(counts.connections.opened); }},
        {"failed", [](StoreCounts const& counts) { return number(counts.connections.not_opened); }},
        {"not_in_time", [](StoreCounts const& counts) { return number(counts.no_connection_in_time); }}}},
      {Kind::counter,
       "restapi_store_statements_sent_total",
       "Statements sent to the database",
       nullptr,
       {{nullptr, [](StoreCounts const& counts) { return number(counts.statements.sent); }}}},
      {Kind::counter,
       "restapi_store_statements_failed_total",
       "Statements without rows, by the reason",
       "reason",
       {{"lost", [](StoreCounts const& counts) { return number(counts.statements.lost); }},
        {"silent", [](StoreCounts const& counts) { return number(counts.statements.silent); }},
        {"too_slow", [](StoreCounts const& counts) { return number(counts.statements.too_slow); }},
        {"cancelled", [](StoreCounts const& counts) { return number(counts.statements.cancelled); }},
        {"interrupted", [](StoreCounts const& counts) { return number(counts.statements.interrupted); }},
        {"unavailable", [](StoreCounts const& counts) { return number(counts.statements.unavailable); }},
        {"failed", [](StoreCounts const& counts) { return number(counts.statements.failed); }}}},
  };
}

constexpr Row<LazyStore::State> profile_rows[] = {
    {Kind::gauge, "restapi_profile_open", "Whether the profile's database is open",
     [](LazyStore::State const& state) { return number(state.is_open); }},
    {Kind::counter, "restapi_profile_opened_total", "Times that the profile's database was opened",
     [](LazyStore::State const& state) { return number(state.opened); }},
    {Kind::counter, "restapi_profile_not_opened_total", "Times that the profile's database could not be opened",
     [](LazyStore::State const& state) { return number(state.refused); }},
};

/// What is not known, or not so on this server, is not shown.
struct ReplicationRow {
  char const* name;
  char const* help;
  std::optional<double> (*read)(store::Replication const&);
};

constexpr ReplicationRow replication_rows[] = {
    {"restapi_store_is_standby", "Whether the PostgreSQL server is a standby",
     [](store::Replication const& replication) { return std::optional(replication.is_standby ? 1.0 : 0.0); }},
    {"restapi_store_is_streaming", "Whether the standby is connected to where its changes come from",
     [](store::Replication const& replication) {
       return replication.is_standby ? std::optional(replication.is_streaming ? 1.0 : 0.0) : std::nullopt;
     }},
    {"restapi_store_replication_lag_seconds", "By how much the standby may be behind its primary",
     [](store::Replication const& replication) { return replication.lag; }},
};

}  // namespace

void add_server_metrics(Metrics& metrics, http::HttpServer const& server) {
  for (auto const& row : server_rows)
    metrics.add(row.kind, row.name, row.help,
                std::function<double()>([&server, read = row.read] { return read(server.counts()); }));
}

void add_program_metrics(Metrics& metrics, ProgramNumbers const& numbers) {
  for (auto const& row : program_rows)
    if (auto const& read = numbers.*row.read) metrics.add(row.kind, row.name, row.help, read);
}

void add_store_metrics(Metrics& metrics, store::StoreKeeper const& stores) {
  for (auto const& row : profile_rows) {
    auto const read = [&stores, row] {
      std::vector<Metrics::Sample> samples;
      for (auto const& store : stores.stores())
        samples.push_back({{{"profile", store->name()}}, row.read(store->state())});
      return samples;
    };
    metrics.add(row.kind, row.name, row.help, Metrics::Read(read));
  }
  for (auto& row : store_rows()) {
    auto const read = [&stores, row] {
      std::vector<Metrics::Sample> samples;
      for (auto const& store : stores.stores()) {
        auto const state = store->state();
        if (!state.is_open) continue;
        for (auto const& value : row.values) {
          Metrics::Sample sample{{{"profile", store->name()}}, value.read(state.counts)};
          if (value.label) sample.labels.emplace_back(row.label_name, value.label);
          samples.push_back(std::move(sample));
        }
      }
      return samples;
    };
    metrics.add(row.kind, row.name, row.help, Metrics::Read(read));
  }
  for (auto const& row : replication_rows) {
    auto const read = [&stores, row] {
      std::vector<Metrics::Sample> samples;
      for (auto const& store : stores.stores()) {
        auto const opened = store->look();
        auto const replication = opened ? opened->store->replication() : std::nullopt;
        if (auto const value = replication ? row.read(*replication) : std::nullopt)
          samples.push_back({{{"profile", store->name()}}, *value});
      }
      return samples;
    };
    metrics.add(Kind::gauge, row.name, row.help, Metrics::Read(read));
  }
}

}  // namespace restapi::observation
