// SPDX-License-Identifier: MIT
#include "store/sqlite/functions.hpp"

#include <soci/sqlite3/soci-sqlite3.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "query/builder/cast.hpp"
#include "query/pattern.hpp"
#include "sql/timestamp.hpp"
#include "store/sqlite/canonical_json.hpp"
#include "store/sqlite/documents.hpp"

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

/// What an argument that is the same for all rows of a statement is read as, once. Null: an error has been returned.
template <class Read>
class ReadOnce {
 public:
  ReadOnce(api::sqlite3_context* context, int argument, api::sqlite3_value* value)
      : context_(context), argument_(argument) {
    known_ = static_cast<Read const*>(api::sqlite3_get_auxdata(context, argument));
    if (known_ != nullptr) return;
    auto read = Read::read(text_of(value));
    if (read) made_ = std::make_unique<Read>(*std::move(read));
    known_ = made_.get();
    if (known_ == nullptr) api::sqlite3_result_error(context, "not what this server writes", -1);
  }
  ReadOnce(ReadOnce const&) = delete;
  ReadOnce& operator=(ReadOnce const&) = delete;
  ~ReadOnce() {
    if (made_)
      api::sqlite3_set_auxdata(context_, argument_, made_.release(), [](void* old) { delete static_cast<Read*>(old); });
  }
  Read const* get() const { return known_; }

 private:
  api::sqlite3_context* context_;
  int argument_;
  Read const* known_;
  std::unique_ptr<Read> made_;
};

using ReadPattern = Result<query::Pattern> (*)(std::string_view, bool);

template <ReadPattern read_pattern>
struct PatternOnce : query::Matcher {
  using query::Matcher::Matcher;

  static std::optional<PatternOnce> read(std::string_view text) {
    auto const pattern = read_pattern(text, false);
    return pattern ? std::optional<PatternOnce>(*pattern) : std::nullopt;
  }
};

template <ReadPattern read_pattern>
void pattern_matches(api::sqlite3_context* context, int, api::sqlite3_value** arguments) {
  if (api::sqlite3_value_type(arguments[0]) == SQLITE_NULL) return;
  ReadOnce<PatternOnce<read_pattern>> const matcher(context, 1, arguments[1]);
  if (matcher.get() == nullptr) return;
  auto const& limits = *static_cast<ReadLimits const*>(api::sqlite3_user_data(context));
  auto const is_enough = [&limits] { return limits.is_enough(limits.of) != 0; };
  if (auto const matches = matcher.get()->match(text_of(arguments[0]), is_enough))
    api::sqlite3_result_int(context, *matches);
  else
    api::sqlite3_result_error_code(context, SQLITE_INTERRUPT);
}

using api::sqlite3_destructor_type;  // SQLITE_TRANSIENT is a cast to it

void return_text(api::sqlite3_context* context, std::string_view text) {
  api::sqlite3_result_text(context, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
}

// As SQLite's own functions do, it reads a document without a look at the clock; so the length has a limit, and so does
// the memory, which is none of SQLite's.
void mended_json(api::sqlite3_context* context, int, api::sqlite3_value** arguments) try {
  if (auto const text = mended(text_of(arguments[0]))) return_text(context, *text);
} catch (std::bad_alloc const&) {
  api::sqlite3_result_error_nomem(context);
}

/// What is at the path of the second argument in the document of the first one; nothing: an error has been returned.
std::optional<FoundInDocument> find_in_document(
    api::sqlite3_context* context, api::sqlite3_value** arguments, std::function<bool(std::string_view)> is_wanted_key,
    std::function<std::optional<std::size_t>(DocumentValue const&)> number_of, bool wants_json = false) {
  ReadOnce<DocumentPath> const path(context, 1, arguments[1]);
  if (path.get() == nullptr) return std::nullopt;
  auto const& limits = *static_cast<ReadLimits const*>(api::sqlite3_user_data(context));
  DocumentSearch const search{*path.get(), std::move(is_wanted_key), std::move(number_of),
                              [&limits] { return limits.is_enough(limits.of) != 0; }, wants_json};
  FoundInDocument found;
  if (search.run(text_of(arguments[0]), found)) return found;
  api::sqlite3_result_error_code(context, SQLITE_INTERRUPT);
  return std::nullopt;
}

void json_at(api::sqlite3_context* context, int, api::sqlite3_value** arguments) try {
  auto const what = text_of(arguments[2]);
  auto const found = find_in_document(context, arguments, {}, {}, what == "json");
  if (!found || !found->value) return;
  auto const& [type, text] = *found->value;
  if (what == "json") return return_text(context, found->json);
  if (what == "type") return return_text(context, type);
  if (what == "length" && type == "array")
    return api::sqlite3_result_int64(context, static_cast<api::sqlite3_int64>(found->length));
  if (what == type) return_text(context, text);
} catch (std::bad_alloc const&) {
  api::sqlite3_result_error_nomem(context);
}

/// What a comparison of whole values says of what is at the path, and the JSON of the third argument.
template <std::optional<bool> (JsonComparison::*compare)(JsonValue const&, JsonValue const&)>
void compare_json(api::sqlite3_context* context, int, api::sqlite3_value** arguments) try {
  ReadOnce<WantedJson> const wanted(context, 2, arguments[2]);
  if (wanted.get() == nullptr) return;
  auto const found = find_in_document(context, arguments, {}, {}, true);
  if (!found || !found->value) return;
  if (found->json.size() > largest_compared) return api::sqlite3_result_error_toobig(context);
  auto const value = read_canonical_json(found->json);
  if (!value) return api::sqlite3_result_int(context, 0);
  auto const& limits = *static_cast<ReadLimits const*>(api::sqlite3_user_data(context));
  JsonComparison comparison([&limits] { return limits.is_enough(limits.of) != 0; });
  auto const result = (comparison.*compare)(*value, wanted.get()->value);
  if (!result) return api::sqlite3_result_error_code(context, SQLITE_INTERRUPT);
  api::sqlite3_result_int(context, *result);
} catch (std::bad_alloc const&) {
  api::sqlite3_result_error_nomem(context);
}

void json_cast(api::sqlite3_context* context, int, api::sqlite3_value** arguments) try {
  using query::builder::Cast;
  using Kind = JsonValue::Kind;
  auto const letter = text_of(arguments[2]);
  auto const* const row = std::ranges::find_if(
      query::builder::casts, [&](auto const& cast) { return letter == std::string_view(&cast.letter, 1); });
  auto const found = find_in_document(context, arguments, {}, {}, true);
  if (!found || !found->value || row == std::end(query::builder::casts)) return;
  auto const& [type, said] = *found->value;
  if (type == "null") return;
  auto const kind = type == "number" ? Kind::number : type == "boolean" ? Kind::boolean : Kind::text;
  bool const is_scalar = type != "object" && type != "array";
  auto const& text = type == "number" || !is_scalar ? found->json : said;
  if (row->cast == Cast::text || row->cast == Cast::json) return return_text(context, text);
  if (!is_scalar) return;
  switch (row->cast) {
    case Cast::real:
      if (auto const number = query::builder::as_real(kind, text)) api::sqlite3_result_double(context, *number);
      return;
    case Cast::integer:
      if (auto const number = query::builder::as_integer(kind, text)) api::sqlite3_result_int64(context, *number);
      return;
    case Cast::boolean:
      if (auto const value = query::builder::as_boolean(kind, text)) api::sqlite3_result_int(context, *value);
      return;
    case Cast::datetime:
      if (auto const time = query::builder::as_instant(kind, text)) return_text(context, sql::to_timestamp(*time));
      return;
    case Cast::text:
    case Cast::json:
      return;
  }
} catch (std::bad_alloc const&) {
  api::sqlite3_result_error_nomem(context);
}

void json_has_key(api::sqlite3_context* context, int, api::sqlite3_value** arguments) try {
  auto const key = text_of(arguments[2]);
  auto const found = find_in_document(context, arguments, [key](std::string_view name) { return name == key; }, {});
  if (found) api::sqlite3_result_int(context, found->value && found->value->type == "object" && found->has_key);
} catch (std::bad_alloc const&) {
  api::sqlite3_result_error_nomem(context);
}

void json_has_elements(api::sqlite3_context* context, int, api::sqlite3_value** arguments) try {
  ReadOnce<WantedValues> const wanted(context, 2, arguments[2]);
  if (wanted.get() == nullptr) return;
  auto const found = find_in_document(context, arguments, {},
                                      [&wanted](DocumentValue const& value) { return wanted.get()->number_of(value); });
  if (!found) return;
  bool const has_all = found->elements.size() == wanted.get()->size();
  api::sqlite3_result_int(context, found->value && found->value->type == "array" && has_all);
} catch (std::bad_alloc const&) {
  api::sqlite3_result_error_nomem(context);
}

void collation_of(api::sqlite3_context* context, int, api::sqlite3_value** arguments) {
  auto const name = [&](int argument) {
    return reinterpret_cast<char const*>(api::sqlite3_value_text(arguments[argument]));
  };
  char const* collation = nullptr;
  api::sqlite3_table_column_metadata(api::sqlite3_context_db_handle(context), "main", name(0), name(1), nullptr,
                                     &collation, nullptr, nullptr, nullptr);
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
  auto const add = [&](char const* name, int arguments, auto* function) {
    api::sqlite3_create_function_v2(connection, name, arguments, flags, new ReadLimits{is_enough, of}, function,
                                    nullptr, nullptr, [](void* limits) { delete static_cast<ReadLimits*>(limits); });
  };
  add("pattern_matches", 2, pattern_matches<query::read_pattern>);
  add("sql_pattern_matches", 2, pattern_matches<query::read_sql_pattern>);
  add("json_at", 3, json_at);
  add("json_cast", 3, json_cast);
  add("json_equals", 3, compare_json<&JsonComparison::is_same>);
  add("json_contains", 3, compare_json<&JsonComparison::contains>);
  add("json_has_key", 3, json_has_key);
  add("json_has_elements", 3, json_has_elements);
  api::sqlite3_create_function_v2(connection, "mended_json", 1, flags, nullptr, mended_json, nullptr, nullptr, nullptr);
  api::sqlite3_create_function_v2(connection, "collation_of", 2, SQLITE_UTF8, nullptr, collation_of, nullptr, nullptr,
                                  nullptr);
  api::sqlite3_create_collation_v2(connection, "instant", SQLITE_UTF8, nullptr, compare_instants, nullptr);
}

}  // namespace restapi::store
