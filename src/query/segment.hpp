// SPDX-License-Identifier: MIT
/// A part of a pattern (query/pattern.hpp) between two %: characters, and places for any one, or for one or none.
/// Searching takes time in proportion to the text, however often parts of the segment repeat.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace restapi::query {

/// Made by one thread, then read by many.
class Segment {
 public:
  static constexpr std::size_t nowhere = static_cast<std::size_t>(-1);
  static constexpr std::size_t stopped = static_cast<std::size_t>(-2);

  void add_text(std::string_view text);
  void add_any(std::size_t count);
  void add_optional(std::size_t count);
  void finish();  ///< nothing is added any more

  struct Anchors {
    bool at_begin, at_end;  ///< has to fit there, of the text
  };

  /// Where the first place ends that the segment fits in, in bytes of `text`; or nowhere; or stopped, because
  /// `is_enough`, which may be empty, said so.
  std::size_t find_end(std::string_view text, Anchors anchors, std::function<bool()> const& is_enough) const;

 private:
  using Word = std::uint64_t;
  class Run;

  std::size_t find_text(std::string_view text, Anchors anchors, std::function<bool()> const& is_enough) const;
  Word const* accepting(std::string_view character) const;

  // As an automaton. It is in state i when the text so far fits the first i steps. A set of states is a row of bits.
  struct Step {
    std::string character;     // empty: any one
    bool is_optional = false;  // or none
  };
  std::string text_;  // where all steps are characters it is looked for as it is
  std::vector<Step> steps_;
  bool has_places_ = false;
  std::size_t words_ = 1;       // of a row
  std::vector<Word> optional_;  // the states before optional steps
  std::vector<Word> rows_;      // the states that a character leads on from; first, those for any other one
  std::array<std::size_t, 128> ascii_ = {};  // where the character's row begins
  std::unordered_map<std::string, std::size_t> others_;
};

}  // namespace restapi::query
