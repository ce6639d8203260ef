// SPDX-License-Identifier: MIT
/// What is at a path of a JSON document that is kept as text.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace restapi::store {

/// A path as statements write it (sql/document_tests_sqlite.cpp): ["cell",0,["-1"]].
class DocumentPath {
 public:
  /// Nothing: it is none.
  static std::optional<DocumentPath> read(std::string_view json);

  struct Step {
    std::string key;
    std::optional<std::size_t> index = {};     ///< then it may be one of an array as well
    std::optional<std::size_t> from_end = {};  ///< likewise; 1 is the last element
  };
  std::vector<Step> const& steps() const { return steps_; }

  /// Whether the places of all steps are known without a look at the document.
  bool is_fixed() const { return is_fixed_; }

  /// As far as the step, and from there on, with the step that counts from the end of so many elements fixed.
  DocumentPath before(std::size_t step) const;
  DocumentPath with_length(std::size_t step, std::size_t length) const;

 private:
  void add(Step step);

  std::vector<Step> steps_;
  bool is_fixed_ = true;
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
  bool has_key = false;                     ///< the one that was looked for
  std::set<std::size_t> elements = {};      ///< which of those that were looked for
  std::string json = {};                    ///< the value without white space, where it is wanted
};

/// Looks for the value at the path; of two members with the same key the last one counts, as in jsonb. `is_wanted_key`
/// and `number_of`, where they are there, look for a member of an object and for elements of an array: which of the
/// wanted ones it is, if any. False: `is_enough`, asked from time to time, has stopped it.
///
/// What is no JSON is mended first (base/sorted_json.hpp), if it is not longer than 16 MiB; nothing is found in what
/// cannot be.
struct DocumentSearch {
  DocumentPath const& path;
  std::function<bool(std::string_view key)> is_wanted_key = {};
  std::function<std::optional<std::size_t>(DocumentValue const&)> number_of = {};
  std::function<bool()> is_enough = {};
  bool wants_json = false;

  bool run(std::string_view json, FoundInDocument& found) const;

 private:
  bool run_fixed(std::string_view json, FoundInDocument& found) const;
};

/// Values that are looked for, each once.
class WantedValues {
 public:
  /// As statements write them: ["string a","boolean true"]. Nothing: they are none.
  static std::optional<WantedValues> read(std::string_view json);

  std::optional<std::size_t> number_of(DocumentValue const& value) const;
  std::size_t size() const { return values_.size(); }

 private:
  std::map<std::string, std::size_t, std::less<>> values_;
};

/// The JSON without what is none: NaN, Infinity, bytes that are no UTF-8. Nothing where it is broken in other ways, or
/// longer than 16 MiB. May throw std::bad_alloc.
std::optional<std::string> mended(std::string_view json);

}  // namespace restapi::store
