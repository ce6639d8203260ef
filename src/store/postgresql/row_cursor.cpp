// SPDX-License-Identifier: MIT
#include "store/postgresql/row_cursor.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>

#include <algorithm>
#include <utility>

#include "store/no_memory.hpp"
#include "store/postgresql/transaction.hpp"
#include "store/row_stream.hpp"
#include "store/too_large.hpp"

namespace restapi::store {
namespace {

constexpr std::size_t most_documents = 64;  // rows with some
constexpr int first_fetch = 16;             // rows; nothing is known of their length

constexpr char const* begin_transaction = "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY";

// All rows will be wanted: the server would otherwise plan for a tenth of them.
constexpr char const* want_all = "SELECT pg_catalog.set_config('cursor_tuple_fraction', '1', true)";

constexpr char const* declare = "DECLARE restapi_rows NO SCROLL CURSOR FOR ";

Answer succeeded(Answer answer) {
  auto const status = PQresultStatus(answer.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) refuse(answer.get());
  return answer;
}

/// The rows of the next fetch: about as many as a batch has bytes for. They may turn out longer than the last ones, so
/// the number grows in steps.
int next_wanted(PGresult const* fetched, int wanted, std::size_t most_rows) {
  auto const rows = static_cast<std::size_t>(PQntuples(fetched));
  if (rows == 0) return wanted;
  auto const bytes = std::max<std::size_t>(1, PQresultMemorySize(fetched) / rows);
  auto const most = std::min(2 * static_cast<std::size_t>(wanted), most_rows);
  return static_cast<int>(std::clamp<std::size_t>(usual_bytes_of_batch / bytes, 1, most));
}

}  // namespace

std::string RowCursor::fetch_text() const { return fmt::format("FETCH FORWARD {} FROM restapi_rows", wanted_); }

Rows RowCursor::begin(std::string const& settings, std::string const& text, std::vector<std::string> const& values,
                      BatchLimits const& limits) {
  wanted_ = first_fetch;
  Pipeline pipeline(connection_);
  pipeline.send(begin_transaction, {});
  if (!settings.empty()) pipeline.send(settings, {});
  pipeline.send(want_all, {});
  pipeline.send(declare + text, values);
  pipeline.send(fetch_text(), {});
  pipeline.flush();
  for (int before = settings.empty() ? 3 : 4; before > 0; --before) succeeded(pipeline.receive());
  auto fetched = succeeded(pipeline.receive());
  pipeline.end();
  keep(std::move(fetched), limits);
  return take(limits);
}

Rows RowCursor::next(BatchLimits const& limits) {
  if (taken_ == PQntuples(fetched_.get()) && has_more_) {
    // Documents may be much larger than those before.
    wanted_ = next_wanted(fetched_.get(), wanted_, limits.largest > largest_list ? most_documents : most_rows_of_batch);
    Pipeline pipeline(connection_);
    pipeline.send(fetch_text(), {});
    pipeline.flush();
    auto fetched = succeeded(pipeline.receive());
    pipeline.end();
    keep(std::move(fetched), limits);
  }
  return take(limits);
}

void RowCursor::keep(Answer fetched, BatchLimits const& limits) {
  fetched_ = std::move(fetched);
  taken_ = 0;
  has_more_ = PQntuples(fetched_.get()) == wanted_;
  auto const bytes = PQresultMemorySize(fetched_.get());
  if (bytes > limits.largest) throw_too_large(limits.largest);
  memory_ = MemoryShare(limits.memory);
  if (!memory_.take(bytes)) throw_no_memory();
  if (has_more_) return;
  Pipeline pipeline(connection_);
  pipeline.send("COMMIT", {});
  pipeline.flush();
  succeeded(pipeline.receive());
  pipeline.end();
}

Rows RowCursor::take(BatchLimits const& limits) {
  Rows rows(static_cast<std::size_t>(PQnfields(fetched_.get())), limits.memory);
  while (taken_ < PQntuples(fetched_.get()) && rows.size() < most_rows_of_batch && rows.bytes() < usual_bytes_of_batch)
    add_row(rows, fetched_.get(), taken_++);
  return rows;
}

}  // namespace restapi::store
