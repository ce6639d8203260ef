#include "store/postgresql_pipeline.hpp"

#include <libpq-fe.h>
#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>

#include <memory>
#include <string>

namespace restapi::store {
namespace {

struct Clear {
  void operator()(PGresult* result) const { PQclear(result); }
};
using Answer = std::unique_ptr<PGresult, Clear>;

class Pipeline {
 public:
  explicit Pipeline(PGconn* connection) : connection_(connection) { check(PQenterPipelineMode(connection_)); }

  void send(Call const& call) {
    values_.clear();
    for (auto const& value : call.values) values_.push_back(value.c_str());
    auto const& prepared = static_cast<soci::postgresql_statement_backend const&>(*call.statement.get_backend());
    check(PQsendQueryPrepared(connection_, prepared.statementName_.c_str(), static_cast<int>(values_.size()),
                              values_.data(), nullptr, nullptr, 0));
  }

  void flush() { check(PQpipelineSync(connection_)); }

  /// The answer to the next call.
  Answer receive() {
    Answer answer(PQgetResult(connection_));
    check(answer && PQstatus(connection_) == CONNECTION_OK);
    while (Answer const more{PQgetResult(connection_)}) check(PQstatus(connection_) == CONNECTION_OK);
    return answer;
  }

  void end() {
    Answer const answer(PQgetResult(connection_));
    check(PQresultStatus(answer.get()) == PGRES_PIPELINE_SYNC);
    check(PQexitPipelineMode(connection_));
  }

 private:
  void check(bool succeeded) const {
    if (!succeeded) throw soci::soci_error(PQerrorMessage(connection_));
  }

  PGconn* const connection_;
  std::vector<char const*> values_;  // of one call; kept for its memory
};

Rows rows_of(PGresult const* answer) {
  auto const width = PQnfields(answer);
  Rows rows(static_cast<std::size_t>(width));
  for (int row = 0; row < PQntuples(answer); ++row)
    for (int column = 0; column < width; ++column) {
      if (PQgetisnull(answer, row, column))
        rows.add(std::nullopt);
      else
        rows.add(std::string_view(PQgetvalue(answer, row, column),
                                  static_cast<std::size_t>(PQgetlength(answer, row, column))));
    }
  return rows;
}

}  // namespace

std::vector<Rows> read_in_pipeline(PGconn* connection, std::span<Call const> calls) {
  Pipeline pipeline(connection);
  for (auto const& call : calls) pipeline.send(call);
  pipeline.flush();
  std::vector<Rows> all;
  all.reserve(calls.size());
  std::size_t bytes = 0;
  bool is_whole = true;
  for (std::size_t i = 0; i < calls.size(); ++i) {
    auto const answer = pipeline.receive();
    is_whole = is_whole && PQresultStatus(answer.get()) == PGRES_TUPLES_OK;
    if (!is_whole) continue;
    auto rows = rows_of(answer.get());
    bytes += rows.bytes();
    is_whole = bytes <= largest_rows_together;
    if (is_whole) all.push_back(std::move(rows));
  }
  pipeline.end();
  return all;
}

}  // namespace restapi::store
