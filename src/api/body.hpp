// SPDX-License-Identifier: MIT
/// The body of a request or a response: text that is written once and then only read, so that a cached body goes to
/// many clients without being copied.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "api/held_bytes.hpp"
#include "base/memory_budget.hpp"

namespace restapi::api {

class Body {
 public:
  Body() = default;
  /// Room that the text has made and does not use is given back.
  Body(std::string text) : held_(std::make_shared<Held>(Held{std::move(text), {}})) {
    auto& kept = held_->text;
    if (kept.capacity() - kept.size() > kept.size() / worth_moving) kept.shrink_to_fit();
  }
  Body(char const* text) : Body(std::string(text)) {}

  std::string const& text() const {
    static std::string const none;
    return held_ ? held_->text : none;
  }
  char const* data() const { return text().data(); }
  std::size_t size() const { return text().size(); }
  bool empty() const { return text().empty(); }

  /// What it takes of memory.
  std::size_t held_bytes() const {
    return held_ ? allocated(sizeof(Held) + control_block) + api::held_bytes(held_->text) : 0;
  }

  /// What was taken for the text. Requires: nobody shares it yet.
  void keep(MemoryShare memory) {
    if (held_) held_->memory = std::move(memory);
  }

  /// How many bodies share the text, about: others may come and go meanwhile. 0: it is empty.
  std::size_t owners() const { return static_cast<std::size_t>(held_.use_count()); }

  friend bool operator==(Body const& body, std::string_view text) { return body.text() == text; }

 private:
  // Moving the text costs as much as writing it did, so a sixteenth too much may stay.
  static constexpr std::size_t worth_moving = 16;

  struct Held {
    std::string text;
    MemoryShare memory;  // goes back to its budget with the last of those who share the text
  };
  std::shared_ptr<Held> held_;  // null: empty
};

}  // namespace restapi::api
