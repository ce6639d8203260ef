// SPDX-License-Identifier: MIT
#include "query/pattern.hpp"

#include <algorithm>

#include "query/fold.hpp"

namespace restapi::query {
namespace {

using Kind = Pattern::Piece::Kind;

void add_text(Pattern& pattern, std::string_view text) {
  if (pattern.pieces.empty() || pattern.pieces.back().kind != Kind::text) pattern.pieces.push_back({Kind::text});
  pattern.pieces.back().text += text;
}

// In a run of wildcards one % swallows everything that may be nothing; otherwise the _ add up.
void add_wildcard(Pattern& pattern, Kind kind) {
  if (pattern.pieces.empty() || pattern.pieces.back().kind == Kind::text) pattern.pieces.push_back({kind});
  auto& piece = pattern.pieces.back();
  if (kind == Kind::any) piece = {Kind::any};
  if (piece.kind == Kind::optional) ++piece.count;
}

void add_exactly_one(Pattern& pattern) {
  if (pattern.pieces.empty() || pattern.pieces.back().kind != Kind::exactly) pattern.pieces.push_back({Kind::exactly});
  ++pattern.pieces.back().count;
}

/// Behind characters that are wanted, % stays what it is.
void add_any(Pattern& pattern) {
  bool const is_behind_any = !pattern.pieces.empty() && pattern.pieces.back().kind == Kind::any;
  if (!is_behind_any) pattern.pieces.push_back({Kind::any});
}

}  // namespace

bool Pattern::has_optional() const {
  return std::ranges::any_of(pieces, [](auto const& piece) { return piece.kind == Kind::optional; });
}

bool Pattern::has_exactly() const {
  return std::ranges::any_of(pieces, [](auto const& piece) { return piece.kind == Kind::exactly; });
}

std::string Pattern::prefix() const {
  return fold || pieces.empty() || pieces.front().kind != Kind::text ? std::string{} : pieces.front().text;
}

namespace {

Error too_long() {
  return {Code::pattern_too_complex, "the pattern is too long",
          "a pattern has at most " + std::to_string(max_pattern_bytes) + " bytes"};
}

/// `any`, `one`: what is added for % and _.
Result<Pattern> read_with(std::string_view text, bool folded, void (*any)(Pattern&), void (*one)(Pattern&)) {
  if (text.size() > max_pattern_bytes) return too_long();
  Pattern pattern{{}, folded};
  auto const written = folded ? fold(text) : std::string(text);
  for (std::size_t i = 0; i < written.size(); ++i) {
    auto const byte = written[i];
    if (byte == '%') {
      any(pattern);
    } else if (byte == '_') {
      one(pattern);
    } else {
      if (byte == '\\' && i + 1 < written.size()) ++i;  // a lone \ at the end stands for itself
      add_text(pattern, std::string_view(written).substr(i, 1));
    }
  }
  return pattern;
}

}  // namespace

Result<Pattern> read_pattern(std::string_view text, bool folded) {
  auto pattern = read_with(
      text, folded, [](Pattern& p) { add_wildcard(p, Kind::any); },
      [](Pattern& p) { add_wildcard(p, Kind::optional); });
  if (!pattern) return pattern;
  std::size_t optional = 0;
  for (auto const& piece : pattern->pieces) optional += piece.count;
  if (optional > max_optional_characters)
    return Error{Code::pattern_too_complex, "the pattern has too many _",
                 "at most " + std::to_string(max_optional_characters) + "; % matches any run of characters"};
  return pattern;
}

Result<Pattern> read_sql_pattern(std::string_view text, bool folded) {
  return read_with(text, folded, add_any, add_exactly_one);
}

Result<Pattern> beginning_with(std::string_view text) {
  if (text.size() > max_pattern_bytes) return too_long();
  Pattern pattern;
  if (!text.empty()) pattern.pieces.push_back({Kind::text, std::string(text)});
  pattern.pieces.push_back({Kind::any});
  return pattern;
}

Matcher::Matcher(Pattern const& pattern) : segments_(1), fold_(pattern.fold) {
  for (auto const& piece : pattern.pieces) {
    if (piece.kind == Kind::any) segments_.emplace_back();
    if (piece.kind == Kind::optional) segments_.back().add_optional(piece.count);
    if (piece.kind == Kind::exactly) segments_.back().add_any(piece.count);
    if (piece.kind == Kind::text) segments_.back().add_text(piece.text);
  }
  for (auto& segment : segments_) segment.finish();
}

// Between two % the first place where a segment fits is as good as any: the % behind it takes what is left over.
std::optional<bool> Matcher::match(std::string_view text, IsEnough const& is_enough) const {
  auto const folded = fold_ ? fold(text) : std::string{};
  auto rest = fold_ ? std::string_view(folded) : text;
  for (auto const& segment : segments_) {
    bool const is_first = &segment == &segments_.front(), is_last = &segment == &segments_.back();
    auto const end = segment.find_end(rest, {.at_begin = is_first, .at_end = is_last}, is_enough);
    if (end == Segment::stopped) return std::nullopt;
    if (end == Segment::nowhere) return false;
    rest.remove_prefix(end);
  }
  return true;
}

std::string write_pattern(Pattern const& pattern) {
  std::string text;
  for (auto const& piece : pattern.pieces) {
    if (piece.kind == Kind::any) text += '%';
    text.append(piece.count, '_');
    for (auto const byte : piece.text) {
      if (byte == '%' || byte == '_' || byte == '\\') text += '\\';
      text += byte;
    }
  }
  return text;
}

}  // namespace restapi::query
