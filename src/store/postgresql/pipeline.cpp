// SPDX-License-Identifier: MIT
#include "store/postgresql/pipeline.hpp"

#include <libpq-fe.h>
#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>

#include <algorithm>
#include <string_view>

#include "store/connection.hpp"
#include "store/no_memory.hpp"

namespace restapi::store {

void ClearAnswer::operator()(pg_result* answer) const { PQclear(answer); }

Pipeline::Pipeline(PGconn* connection) : connection_(connection) { check(PQenterPipelineMode(connection_)); }

void Pipeline::send(std::string const& text, std::span<std::string const> values) {
  point_to(values);
  check(PQsendQueryParams(connection_, text.c_str(), static_cast<int>(values_.size()), nullptr, values_.data(), nullptr,
                          nullptr, 0));
}

void Pipeline::send_prepared(std::string const& name, std::span<std::string const> values) {
  point_to(values);
  check(PQsendQueryPrepared(connection_, name.c_str(), static_cast<int>(values_.size()), values_.data(), nullptr,
                            nullptr, 0));
}

void Pipeline::flush() { check(PQpipelineSync(connection_)); }

Answer Pipeline::receive() {
  Answer answer(PQgetResult(connection_));
  check(answer && PQstatus(connection_) == CONNECTION_OK);
  while (Answer const more{PQgetResult(connection_)}) check(PQstatus(connection_) == CONNECTION_OK);
  return answer;
}

void Pipeline::end() {
  Answer const answer(PQgetResult(connection_));
  check(PQresultStatus(answer.get()) == PGRES_PIPELINE_SYNC);
  check(PQexitPipelineMode(connection_));
}

void Pipeline::point_to(std::span<std::string const> values) {
  values_.clear();
  for (auto const& value : values) values_.push_back(value.c_str());
}

// Libpq's words, and the end of this connection: what else may be wrong is an answer of its own. A pooler sends an
// error more than there are statements where a session has ended under it.
void Pipeline::check(bool succeeded) const {
  constexpr char const* none = "     ";  // sqlstate.hpp
  if (!succeeded) throw soci::postgresql_soci_error(PQerrorMessage(connection_), none);
}

void add_row(Rows& rows, PGresult const* answer, int row) {
  for (int column = 0; column < PQnfields(answer); ++column) {
    if (PQgetisnull(answer, row, column)) {
      rows.add(std::nullopt);
      continue;
    }
    auto const length = static_cast<std::size_t>(PQgetlength(answer, row, column));
    if (!rows.make_room(length)) throw_no_memory();
    rows.add(std::string_view(PQgetvalue(answer, row, column), length));
  }
}

Rows rows_of(PGresult const* answer, std::shared_ptr<MemoryBudget> memory) {
  Rows rows(static_cast<std::size_t>(PQnfields(answer)), std::move(memory));
  for (int row = 0; row < PQntuples(answer); ++row) add_row(rows, answer, row);
  return rows;
}

namespace {

soci::postgresql_statement_backend const& prepared(Call const& call) {
  return static_cast<soci::postgresql_statement_backend const&>(*call.statement.get_backend());
}

// Needs a snapshot to be run at all.
bool is_query(Call const& call) {
  constexpr std::string_view words[] = {"SELECT ", "WITH ", "EXPLAIN "};
  return std::ranges::any_of(words, [&](auto word) { return prepared(call).query_.starts_with(word); });
}

}  // namespace

RowsTogether read_in_pipeline(PGconn* connection, std::span<Call const> calls) {
  // All of a pipeline is one transaction, and its first statement might make it READ WRITE. Once there is a snapshot,
  // PostgreSQL refuses that.
  if (calls.empty() || !is_query(calls.front())) return {};
  Pipeline pipeline(connection);
  for (auto const& call : calls) pipeline.send_prepared(prepared(call).statementName_, call.values);
  pipeline.flush();
  auto all = receive_rows(pipeline, calls.size());
  pipeline.end();
  return all;
}

RowsTogether receive_rows(Pipeline& pipeline, std::size_t answers) {
  RowsTogether all;
  all.rows.reserve(answers);
  std::size_t bytes = 0;
  bool is_whole = true;
  for (std::size_t i = 0; i < answers; ++i) {
    auto const answer = pipeline.receive();
    is_whole = is_whole && PQresultStatus(answer.get()) == PGRES_TUPLES_OK;
    if (!is_whole) continue;
    auto rows = rows_of(answer.get());
    all.has_grown = all.has_grown || has_grown_by(rows);
    bytes += rows.bytes();
    is_whole = bytes <= largest_rows_together;
    if (is_whole) all.rows.push_back(std::move(rows));
  }
  return all;
}

}  // namespace restapi::store
