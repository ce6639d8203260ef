// SPDX-License-Identifier: MIT
/// The patterns of =like= and =ilike=: % is any run of characters, _ is one character or none, \ makes the next
/// character literal (docs/query-language.md). A character is a Unicode code point. In SQL's own patterns, _ is exactly
/// one character.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "query/segment.hpp"

namespace restapi::query {

/// A pattern in normal form: neighbouring wildcards are merged, so equal meanings mostly have equal forms.
struct Pattern {
  struct Piece {
    enum class Kind {
      text,      ///< exactly this text
      any,       ///< any run of characters, also empty
      optional,  ///< between 0 and `count` characters
      exactly,   ///< `count` characters
    } kind;
    std::string text = {};
    std::size_t count = 0;
    bool operator==(Piece const&) const = default;
  };
  std::vector<Piece> pieces;
  bool fold = false;  ///< ASCII case is ignored (=ilike=); then all text is lower case

  bool operator==(Pattern const&) const = default;

  bool has_optional() const;
  bool has_exactly() const;

  /// The text every match begins with; empty when folded.
  std::string prefix() const;
};

/// Limits that keep the worst pattern cheap on every store; beyond them Code::pattern_too_complex.
inline constexpr std::size_t max_pattern_bytes = 1000;
inline constexpr std::size_t max_optional_characters = 64;

Result<Pattern> read_pattern(std::string_view text, bool fold);

/// A pattern of SQL.
Result<Pattern> read_sql_pattern(std::string_view text, bool fold);

/// What begins with the text, in which no character has a meaning of its own.
Result<Pattern> beginning_with(std::string_view text);

/// A pattern ready for many texts. Immutable once made; may be shared by threads.
class Matcher {
 public:
  /// Called from time to time while a text is read; true: stop.
  using IsEnough = std::function<bool()>;

  explicit Matcher(Pattern const& pattern);

  /// Whether the whole of `text` matches. Reads the text once; each of its characters takes one step for every 64
  /// characters that the pattern has between two %.
  bool operator()(std::string_view text) const { return *match(text, {}); }

  /// The same; nothing if `is_enough` has stopped it before the result was known.
  std::optional<bool> match(std::string_view text, IsEnough const& is_enough) const;

 private:
  std::vector<Segment> segments_;  // what the % separate; at least one
  bool fold_;
};

/// The pattern in the language's own notation: read_pattern(write_pattern(p), p.fold) == p. Of one of SQL, in that of
/// SQL, which is the same but for the meaning of _.
std::string write_pattern(Pattern const& pattern);

}  // namespace restapi::query
