// SPDX-License-Identifier: MIT
#include "store/sqlite/functions.hpp"

#include <soci/sqlite3/soci-sqlite3.h>

#include <chrono>
#include <memory>
#include <new>
#include <string>
#include <string_view>

#include "base/sorted_json.hpp"
#include "query/pattern.hpp"
#include "sql/timestamp.hpp"

namespace restapi::store {
namespace {

namespace api = sqlite_api;

struct ReadLimits {
  int (*is_enough)(void*);
  void* of;
};

std::string_view text_of(api::sqlite3_value* value) {
  auto const* text = reinterpret_cast<char const*>(api::sqlite3_value_text(value));
  return text ? std::string_view(text, static_cast<std::size_t>(api::sqlite3_value_bytes(value))) : std::string_view();
}

// The pattern is read once for all rows of a statement.
void pattern_matches(api::sqlite3_context* context, int, api::sqlite3_value** arguments) {
  if (api::sqlite3_value_type(arguments[0]) == SQLITE_NULL) return;
  auto const* matcher = static_cast<query::Matcher const*>(api::sqlite3_get_auxdata(context, 1));
  std::unique_ptr<query::Matcher> made;
  if (!matcher) {
    auto pattern = query::read_pattern(text_of(arguments[1]), false);
    if (!pattern) return api::sqlite3_result_error(context, "not a pattern", -1);
    made = std::make_unique<query::Matcher>(*pattern);
    matcher = made.get();
  }
  auto const& limits = *static_cast<ReadLimits const*>(api::sqlite3_user_data(context));
  auto const is_enough = [&limits] { return limits.is_enough(limits.of) != 0; };
  auto const matches = matcher->match(text_of(arguments[0]), is_enough);
  if (made)
    api::sqlite3_set_auxdata(context, 1, made.release(), [](void* old) { delete static_cast<query::Matcher*>(old); });
  if (matches)
    api::sqlite3_result_int(context, *matches);
  else
    api::sqlite3_result_error_code(context, SQLITE_INTERRUPT);
}

// As SQLite's own functions do, it reads a document without a look at the clock; so the length has a limit, and so does
// the memory, which is none of SQLite's.
void mended_json(api::sqlite3_context* context, int, api::sqlite3_value** arguments) {
  constexpr std::size_t longest = std::size_t{16} << 20, memory = std::size_t{64} << 20;
  auto const json = text_of(arguments[0]);
  if (json.empty() || json.size() > longest) return;
  try {
    AnswerLimits limits(std::make_shared<MemoryBudget>(memory), std::chrono::hours(1), {});
    std::string mended;
    using api::sqlite3_destructor_type;  // SQLITE_TRANSIENT is a cast to it
    if (append_sorted_json(mended, json, {}, limits))
      api::sqlite3_result_text(context, mended.data(), static_cast<int>(mended.size()), SQLITE_TRANSIENT);
  } catch (Interrupted const&) {  // too many members
    return;
  } catch (std::bad_alloc const&) {
    api::sqlite3_result_error_nomem(context);
  }
}

void collation_of(api::sqlite3_context* context, int, api::sqlite3_value** arguments) {
  auto const name = [&](int argument) {
    return reinterpret_cast<char const*>(api::sqlite3_value_text(arguments[argument]));
  };
  char const* collation = nullptr;
  api::sqlite3_table_column_metadata(api::sqlite3_context_db_handle(context), "main", name(0), name(1), nullptr,
                                     &collation, nullptr, nullptr, nullptr);
  using api::sqlite3_destructor_type;  // SQLITE_TRANSIENT is a cast to it
  if (collation) api::sqlite3_result_text(context, collation, -1, SQLITE_TRANSIENT);
}

int compare_instants(void*, int first_size, void const* first, int second_size, void const* second) {
  std::string made_first, made_second;
  auto const instant = [](void const* text, int size, std::string& made) {
    return sql::same_instant({static_cast<char const*>(text), static_cast<std::size_t>(size)}, made);
  };
  return instant(first, first_size, made_first).compare(instant(second, second_size, made_second));
}

}  // namespace

void add_sqlite_functions(api::sqlite3* connection, int (*is_enough)(void*), void* of) {
  constexpr int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC;
  api::sqlite3_create_function_v2(connection, "pattern_matches", 2, flags, new ReadLimits{is_enough, of},
                                  pattern_matches, nullptr, nullptr,
                                  [](void* limits) { delete static_cast<ReadLimits*>(limits); });
  api::sqlite3_create_function_v2(connection, "mended_json", 1, flags, nullptr, mended_json, nullptr, nullptr, nullptr);
  api::sqlite3_create_function_v2(connection, "collation_of", 2, SQLITE_UTF8, nullptr, collation_of, nullptr, nullptr,
                                  nullptr);
  api::sqlite3_create_collation_v2(connection, "instant", SQLITE_UTF8, nullptr, compare_instants, nullptr);
}

}  // namespace restapi::store
