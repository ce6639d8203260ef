#include "query/pattern.hpp"

#include <algorithm>

#include "base/utf8.hpp"
#include "query/fold.hpp"

namespace restapi::query {
namespace {

using Kind = Pattern::Piece::Kind;

void add_text(Pattern& pattern, std::string_view text) {
  if (pattern.pieces.empty() || pattern.pieces.back().kind != Kind::text) pattern.pieces.push_back({Kind::text});
  pattern.pieces.back().text += text;
}

// In a run of wildcards one % swallows everything else; otherwise the _ add up.
void add_wildcard(Pattern& pattern, Kind kind) {
  if (pattern.pieces.empty() || pattern.pieces.back().kind == Kind::text) pattern.pieces.push_back({kind});
  auto& piece = pattern.pieces.back();
  if (kind == Kind::any) piece = {Kind::any};
  if (piece.kind == Kind::optional) ++piece.count;
}

}  // namespace

bool Pattern::has_optional() const {
  return std::ranges::any_of(pieces, [](auto const& piece) { return piece.kind == Kind::optional; });
}

std::string Pattern::prefix() const {
  return fold || pieces.empty() || pieces.front().kind != Kind::text ? std::string{} : pieces.front().text;
}

Result<Pattern> read_pattern(std::string_view text, bool folded) {
  if (text.size() > max_pattern_bytes)
    return Error{Code::pattern_too_complex, "the pattern is too long",
                 "a pattern has at most " + std::to_string(max_pattern_bytes) + " bytes"};
  Pattern pattern{{}, folded};
  auto const written = folded ? fold(text) : std::string(text);
  for (std::size_t i = 0; i < written.size(); ++i) {
    auto const byte = written[i];
    if (byte == '%') {
      add_wildcard(pattern, Kind::any);
    } else if (byte == '_') {
      add_wildcard(pattern, Kind::optional);
    } else {
      if (byte == '\\' && i + 1 < written.size()) ++i;  // a lone \ at the end stands for itself
      add_text(pattern, std::string_view(written).substr(i, 1));
    }
  }
  std::size_t optional = 0;
  for (auto const& piece : pattern.pieces) optional += piece.count;
  if (optional > max_optional_characters)
    return Error{Code::pattern_too_complex, "the pattern has too many _",
                 "at most " + std::to_string(max_optional_characters) + "; % matches any run of characters"};
  return pattern;
}

Matcher::Matcher(Pattern const& pattern) : fold_(pattern.fold) {
  for (auto const& piece : pattern.pieces) {
    if (piece.kind == Kind::any) steps_.push_back({Kind::any});
    steps_.insert(steps_.end(), piece.count, Step{Kind::optional});
    for (std::string_view rest = piece.text; !rest.empty();) {
      auto const length = std::max<std::size_t>(1, utf8::first_character(rest));
      steps_.push_back({Kind::text, std::string(rest.substr(0, length))});
      rest.remove_prefix(length);
    }
  }
}

// Marks `position` and every position reachable from it without reading a character.
void Matcher::reach(std::vector<bool>& reached, std::size_t position) const {
  while (!reached[position]) {
    reached[position] = true;
    if (position == steps_.size() || steps_[position].kind == Kind::text) return;
    ++position;
  }
}

bool Matcher::operator()(std::string_view text) const {
  auto const folded = fold_ ? fold(text) : std::string{};
  auto rest = fold_ ? std::string_view(folded) : text;
  std::vector<bool> reached(steps_.size() + 1), next(steps_.size() + 1);
  reach(reached, 0);
  while (!rest.empty()) {
    auto const character = rest.substr(0, std::max<std::size_t>(1, utf8::first_character(rest)));
    rest.remove_prefix(character.size());
    next.assign(next.size(), false);
    bool alive = false;
    for (std::size_t position = 0; position < steps_.size(); ++position) {
      if (!reached[position]) continue;
      auto const& step = steps_[position];
      if (step.kind == Kind::text && step.character != character) continue;
      reach(next, step.kind == Kind::any ? position : position + 1);
      alive = true;
    }
    if (!alive) return false;
    reached.swap(next);
  }
  return reached[steps_.size()];
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
