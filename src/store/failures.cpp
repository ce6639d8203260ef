// SPDX-License-Identifier: MIT
#include "store/failures.hpp"

#include <fmt/format.h>
#include <soci/error.h>

#include <algorithm>

#include "store/postgresql/sqlstate.hpp"

namespace restapi::store {
namespace {

struct Row {
  Failure failure;
  Code code;
  std::string_view message;
  std::string_view hint;
  std::uint64_t StatementCounts::*count;
  std::string_view lasting = {};  // Error::lasting
};
constexpr std::string_view is_away = "the database is not available";
constexpr std::string_view come_back = "try again in a few seconds";
constexpr std::string_view was_slow = "the database took too long for this query";
constexpr std::string_view ask_less = "narrower filters, an order by id or a smaller page are faster";
constexpr std::string_view is_large = "what the database has for this query is larger than this server answers";
constexpr std::string_view ask_parts = "a smaller page or single members may be answered";
constexpr std::array rows{
    Row{Failure::lost, Code::store_unavailable, is_away, come_back, &StatementCounts::lost},
    Row{Failure::unavailable, Code::store_unavailable, is_away, come_back, &StatementCounts::unavailable},
    Row{Failure::locked, Code::store_unavailable, "a table of the database is locked by somebody who changes it",
        come_back, &StatementCounts::unavailable},
    Row{Failure::interrupted, Code::store_unavailable, is_away, come_back, &StatementCounts::interrupted},
    Row{Failure::too_slow, Code::store_too_slow, was_slow, ask_less, &StatementCounts::too_slow},
    Row{Failure::silent, Code::store_too_slow, "the database does not answer", come_back, &StatementCounts::silent},
    Row{Failure::gone, Code::cancelled, "nobody waits for this answer", "", &StatementCounts::cancelled},
    Row{Failure::too_large, Code::answer_too_large, is_large, ask_parts, &StatementCounts::failed},
    Row{Failure::no_memory, Code::overloaded, "the server has too much to do", "try again soon",
        &StatementCounts::failed},
    Row{Failure::outdated, Code::store_unavailable, "the tables of the database have changed", come_back,
        &StatementCounts::failed},
    Row{Failure::damaged, Code::store_damaged, "the database cannot be served: a part of it is damaged", "",
        &StatementCounts::failed, "a part of it is damaged"},
    Row{Failure::other, Code::store_failed, "the database could not answer this query", "", &StatementCounts::failed},
};
static_assert(rows.size() == number_of_failures);

constexpr std::size_t index_of(Failure failure) {
  std::size_t index = 0;
  while (rows.at(index).failure != failure) ++index;
  return index;
}

}  // namespace

Error error_of(Failure failure, std::string_view source, std::string_view statement, std::string_view why) {
  auto const& row = rows[index_of(failure)];
  return {row.code,
          std::string(row.message),
          std::string(row.hint),
          {},
          fmt::format("{}: {}: {}", source, statement, why),
          std::string(row.lasting)};
}

Error unavailable(std::string_view source, std::string_view why, std::string lasting) {
  Error error{
      Code::store_unavailable, std::string(is_away), std::string(come_back), {}, fmt::format("{}: {}", source, why)};
  if (lasting.empty()) return error;
  error.message = "the database cannot be served: " + lasting;
  error.hint.clear();
  error.lasting = std::move(lasting);
  return error;
}

namespace {

/// Without the port in `connection to server at "h" (::1), port 5433 failed: …`: the source's name has it, unless what
/// stands in its place may be a password (source/postgresql_uri.hpp, describe_postgresql()).
std::string without_port(std::string_view line) {
  constexpr std::string_view mark = ", port ", digits = "0123456789";
  auto const begin = line.find(mark);
  if (begin == line.npos) return std::string(line);
  auto const end = std::min(line.find_first_not_of(digits, begin + mark.size()), line.size());
  return std::string(line.substr(0, begin)).append(line.substr(end));
}

}  // namespace

// SOCI writes a sentence of its own above libpq's, libpq an indented question below.
std::string reason_of(soci::soci_error const& error) {
  auto const text = error.get_error_message();
  std::string reason;
  for (std::size_t begin = 0; begin < text.size();) {
    auto const end = std::min(text.find('\n', begin), text.size());
    auto const line = std::string_view(text).substr(begin, end - begin);
    begin = end + 1;
    if (line.empty() || line.starts_with('\t') || line == words_of_soci) continue;
    reason += (reason.empty() ? "" : "; ") + without_port(line);
  }
  return with_sqlstate(error, reason);
}

void FailureCounts::add(Failure failure) { ++counts_[index_of(failure)]; }

void FailureCounts::add_to(StatementCounts& counts) const {
  for (std::size_t i = 0; i < rows.size(); ++i) counts.*rows[i].count += counts_[i].load();
}

}  // namespace restapi::store
