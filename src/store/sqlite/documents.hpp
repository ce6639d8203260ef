// SPDX-License-Identifier: MIT
/// What is at a path of a JSON document that is kept as text.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace restapi::store {

/// A path as statements write it (sql/document_tests_sqlite.cpp): ["cell",0].
class DocumentPath {
 public:
  /// Nothing: it is none.
  static std::optional<DocumentPath> read(std::string_view json);

  struct Step {
    std::string key;
    std::optional<std::size_t> index;  ///< then it may be one of an array as well
  };
  std::vector<Step> const& steps() const { return steps_; }

 private:
  std::vector<Step> steps_;
};

/// A value without its children. Equal ones are equal as JSON: the text of a number is its sort key
/// (query/json_number.hpp), of a string what it says, of a boolean `true` or `false`.
struct DocumentValue {
  std::string_view type;  ///< "object", "array", "string", "number", "boolean", "null"
  std::string text = {};
  bool operator==(DocumentValue const&) const = default;
};

/// What has been found, children one step below included.
struct FoundInDocument {
  std::optional<DocumentValue> value = {};  ///< nothing: there is none
  std::size_t length = 0;                   ///< of an array or object
  bool has_child = false;                   ///< one that was looked for
};

/// Looks for the value at the path; of two members with the same key the last one counts, as in jsonb. `is_wanted_key`
/// and `is_wanted_element`, where they are there, look for a member of an object and for an element of an array. False:
/// `is_enough`, asked from time to time, has stopped it.
///
/// What is no JSON is mended first (base/sorted_json.hpp), if it is not longer than 16 MiB; nothing is found in what
/// cannot be.
struct DocumentSearch {
  DocumentPath const& path;
  std::function<bool(std::string_view key)> is_wanted_key = {};
  std::function<bool(DocumentValue const&)> is_wanted_element = {};
  std::function<bool()> is_enough = {};

  bool run(std::string_view json, FoundInDocument& found) const;
};

/// The JSON without what is none: NaN, Infinity, bytes that are no UTF-8. Nothing where it is broken in other ways, or
/// longer than 16 MiB. May throw std::bad_alloc.
std::optional<std::string> mended(std::string_view json);

}  // namespace restapi::store
