// SPDX-License-Identifier: MIT
/// The names that a version of the API uses, how many rows it returns at once, and the wording of its messages. The
/// planner takes them from here and knows no version.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "query/view.hpp"

namespace restapi::query {

/// What a reserved key says of the plan.
enum class Meaning {
  limit,             ///< the most rows of a window
  offset,            ///< the rows before it
  rows_a_page,       ///< of a numbered page
  order,             ///< fields to sort by
  fields,            ///< what is shown of each row
  total,             ///< how they are counted
  after,             ///< the position behind which they begin
  facets,            ///< the fields whose values are counted
  members,           ///< the members of a document that are wanted
  members_left_out,  ///< those that are not
  owner,             ///< the user whose nodes are counted
  levels,            ///< how far a graph goes
  direction,         ///< and in which direction
  own,               ///< what the version reads itself
};

/// A key that is no filter.
struct ReservedKey {
  std::string_view name;
  Meaning meaning;
};

/// Another name of a field.
struct Synonym {
  std::string_view written, meant;
};

/// A key that people write for something that this version calls otherwise.
struct Misnomer {
  std::string_view written;
  std::string_view meant;   ///< a key; said only where it may stand. Empty: `advice` is said
  std::string_view advice;  ///< a sentence
};

struct Limits {
  std::int64_t rows;          ///< the most that a window or a page may have
  std::int64_t default_rows;  ///< of a window
  std::int64_t default_rows_a_page;
  std::int64_t default_nodes;   ///< of a graph
  std::int64_t default_levels;  ///< likewise
};

/// The sentences that a version documents; all others are the planner's own.
struct Sentences {
  std::string_view too_many_rows;
  std::string (*only_assignment)(std::string_view key);  ///< another operator than '=' after a reserved key
  std::string (*repeated_key)(std::string_view key);
  /// `id` as in the path; `class_name` as the version says it.
  std::string (*no_such_object)(std::string_view id, std::string_view class_name);
};

/// Made once; any thread may read it.
struct Vocabulary {
  std::vector<View> views;            ///< of the resources that the version has, in the order of documents
  std::vector<View> related;          ///< of those that only relations lead to
  std::span<ReservedKey const> keys;  ///< in the order of documents
  std::string_view ignored_key;       ///< allowed everywhere, with anything, and passed over
  std::span<Synonym const> synonyms;
  std::span<Misnomer const> misnomers;
  Limits limits;
  Sentences sentences;

  View const* find_view(std::string_view name) const;          ///< or nullptr
  View const& view_of(model::Relation const& relation) const;  ///< what it leads to
  View const& view_of_links() const;
  View const& nodes() const;                                 ///< every version has it
  ReservedKey const* find_key(std::string_view name) const;  ///< or nullptr
  ReservedKey const* find_key(Meaning meaning) const;        ///< the first of that meaning, or nullptr

  /// The name of the field that a client means.
  std::string_view canonical(std::string_view written) const;
};

/// Whether the key says which rows of a list are wanted, in which order.
bool is_for_lists(Meaning meaning);

/// Or which part of a graph.
bool is_for_graphs(Meaning meaning);

}  // namespace restapi::query
