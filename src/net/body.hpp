// SPDX-License-Identifier: MIT
/// The body of a request or a response: text that is written once and then only read, so that a cached body goes to
/// many clients without being copied. Or, in a response, bytes of a file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "base/file_descriptor.hpp"
#include "base/held_bytes.hpp"
#include "base/memory_budget.hpp"

namespace restapi::net {

/// Bytes that go from a file to the client without passing through our memory. Where the file has become shorter in
/// the meantime, the connection ends: the client sees that something is missing. What it holds must not be changed in
/// place: bytes on their way may still be those of the file.
struct FileRange {
  FileDescriptor file;  ///< regular, open for reading; closed with the last body that has it
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

class Body {
 public:
  Body() = default;
  /// Room that the text has made and does not use is given back.
  Body(std::string text) {
    auto const held = std::make_shared<Held>(Held{std::move(text), {}});
    auto& kept = held->text;
    if (kept.capacity() - kept.size() > kept.size() / worth_moving) kept.shrink_to_fit();
    what_ = held;
  }
  Body(char const* text) : Body(std::string(text)) {}
  Body(FileRange range) : what_(std::make_shared<FileRange const>(std::move(range))) {}

  /// Null: it is text.
  FileRange const* file() const {
    auto const* range = std::get_if<std::shared_ptr<FileRange const>>(&what_);
    return range ? range->get() : nullptr;
  }

  /// Empty for a file.
  std::string const& text() const {
    static std::string const none;
    auto const* held = this->held();
    return held ? held->text : none;
  }
  char const* data() const { return text().data(); }
  std::size_t size() const { return file() ? file()->length : text().size(); }
  bool empty() const { return size() == 0; }

  /// What it takes of memory.
  std::size_t held_bytes() const {
    if (file()) return allocated(sizeof(FileRange) + control_block);
    return held() ? allocated(sizeof(Held) + control_block) + restapi::held_bytes(text()) : 0;
  }

  /// What was taken for the text. Requires: nobody shares it yet.
  void keep(MemoryShare memory) {
    if (auto* held = this->held()) held->memory = std::move(memory);
  }

  /// How many bodies share it, about: others may come and go meanwhile. 0: it is empty.
  std::size_t owners() const {
    return std::visit([](auto const& shared) { return static_cast<std::size_t>(shared.use_count()); }, what_);
  }

  friend bool operator==(Body const& body, std::string_view text) { return !body.file() && body.text() == text; }

 private:
  // Moving the text costs as much as writing it did, so a sixteenth too much may stay.
  static constexpr std::size_t worth_moving = 16;

  struct Held {
    std::string text;
    MemoryShare memory;  // goes back to its budget with the last of those who share the text
  };

  Held* held() const {
    auto const* held = std::get_if<std::shared_ptr<Held>>(&what_);
    return held ? held->get() : nullptr;
  }

  std::variant<std::shared_ptr<Held>, std::shared_ptr<FileRange const>> what_;  // null: empty
};

}  // namespace restapi::net
