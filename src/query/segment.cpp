// SPDX-License-Identifier: MIT
#include "query/segment.hpp"

#include <string.h>  // memmem

#include <algorithm>

#include "base/utf8.hpp"

namespace restapi::query {
namespace {

constexpr std::size_t bits = 64;
constexpr std::size_t characters_between_looks = 1 << 14;
constexpr std::size_t bytes_between_looks = 1 << 20;

// What is no UTF-8 counts byte by byte.
std::string_view first_character(std::string_view text) {
  return text.substr(0, std::max<std::size_t>(1, utf8::first_character(text)));
}

}  // namespace

void Segment::add_text(std::string_view text) {
  text_ += text;
  while (!text.empty()) {
    auto const character = first_character(text);
    steps_.push_back({std::string(character)});
    text.remove_prefix(character.size());
  }
}

void Segment::add_optional(std::size_t count) {
  steps_.insert(steps_.end(), count, Step{{}, true});
  has_places_ = has_places_ || count > 0;
}

void Segment::add_any(std::size_t count) {
  steps_.insert(steps_.end(), count, Step{});
  has_places_ = has_places_ || count > 0;
}

void Segment::finish() {
  if (!has_places_) return;
  words_ = steps_.size() / bits + 1;
  optional_.assign(words_, 0);
  std::vector<Word> any(words_);
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    auto const bit = Word{1} << i % bits;
    if (steps_[i].character.empty()) any[i / bits] |= bit;
    if (steps_[i].is_optional) optional_[i / bits] |= bit;
  }
  rows_ = any;
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    auto const& step = steps_[i].character;
    if (step.empty()) continue;
    bool const is_ascii = static_cast<unsigned char>(step[0]) < ascii_.size();
    auto& row = is_ascii ? ascii_[static_cast<unsigned char>(step[0])] : others_[step];
    if (row == 0) {
      row = rows_.size();
      rows_.insert(rows_.end(), any.begin(), any.end());
    }
    rows_[row + i / bits] |= Word{1} << i % bits;
  }
}

Segment::Word const* Segment::accepting(std::string_view character) const {
  auto const byte = static_cast<unsigned char>(character[0]);
  if (byte < ascii_.size()) return rows_.data() + ascii_[byte];
  if (others_.empty()) return rows_.data();
  auto const found = others_.find(std::string(character));  // short: no allocation
  return rows_.data() + (found == others_.end() ? 0 : found->second);
}

/// The states while a text is read.
class Segment::Run {
 public:
  explicit Run(Segment const& segment) : segment_(segment), states_(segment.words_) {
    states_[0] = 1;
    pass_over_optional();
  }

  /// `again`: the segment may begin behind this character, too. Whether there is any state left.
  bool read(std::string_view character, bool again) {
    auto const* const accepting = segment_.accepting(character);
    Word carry = again ? 1 : 0, any = 0;
    for (std::size_t i = 0; i < states_.size(); ++i) {
      auto const led_on = states_[i] & accepting[i];
      states_[i] = led_on << 1 | carry;
      carry = led_on >> (bits - 1);
      any |= states_[i];
    }
    pass_over_optional();
    return any != 0;
  }

  bool is_at_end() const {
    auto const last = segment_.steps_.size();
    return (states_[last / bits] >> last % bits & 1) != 0;
  }

 private:
  // From a state before optional steps to all up to the one behind them: adding it to the row of ones makes these zeros
  // and the one behind them 1.
  void pass_over_optional() {
    Word carry = 0;
    for (std::size_t i = 0; i < states_.size(); ++i) {
      auto const optional = segment_.optional_[i];
      auto const from = states_[i] & optional;
      auto const half = from + optional;
      auto const sum = half + carry;
      carry = half < from || sum < half ? 1 : 0;
      states_[i] |= sum ^ optional;
    }
  }

  Segment const& segment_;
  std::vector<Word> states_;
};

std::size_t Segment::find_end(std::string_view text, Anchors anchors, std::function<bool()> const& is_enough) const {
  if (!has_places_) return find_text(text, anchors, is_enough);
  Run run(*this);
  std::size_t read = 0, characters = 0;
  while (true) {
    if (run.is_at_end() && !anchors.at_end) return read;
    if (read == text.size()) return run.is_at_end() ? read : nowhere;
    if (++characters % characters_between_looks == 0 && is_enough && is_enough()) return stopped;
    auto const character = first_character(text.substr(read));
    read += character.size();
    if (!run.read(character, !anchors.at_begin)) return nowhere;
  }
}

std::size_t Segment::find_text(std::string_view text, Anchors anchors, std::function<bool()> const& is_enough) const {
  if (anchors.at_begin && anchors.at_end) return text == text_ ? text.size() : nowhere;
  if (anchors.at_begin) return text.starts_with(text_) ? text_.size() : nowhere;
  if (anchors.at_end) return text.ends_with(text_) ? text.size() : nowhere;
  for (std::size_t begin = 0; begin <= text.size(); begin += bytes_between_looks) {
    if (begin > 0 && is_enough && is_enough()) return stopped;
    auto const part = text.substr(begin, bytes_between_looks + text_.size());
    if (auto const* found = ::memmem(part.data(), part.size(), text_.data(), text_.size()))
      return static_cast<std::size_t>(static_cast<char const*>(found) - text.data()) + text_.size();
  }
  return nowhere;
}

}  // namespace restapi::query
