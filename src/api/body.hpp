/// The body of a response: text that is written once and then only read, so that a cached body goes to many clients
/// without being copied.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace restapi::api {

class Body {
 public:
  Body() = default;
  Body(std::string text) : text_(std::make_shared<std::string const>(std::move(text))) {}
  Body(char const* text) : Body(std::string(text)) {}

  std::string const& text() const {
    static std::string const none;
    return text_ ? *text_ : none;
  }
  char const* data() const { return text().data(); }
  std::size_t size() const { return text().size(); }
  bool empty() const { return text().empty(); }

  /// How many bodies share the text, about: others may come and go meanwhile. 0: it is empty.
  std::size_t owners() const { return static_cast<std::size_t>(text_.use_count()); }

  friend bool operator==(Body const& body, std::string_view text) { return body.text() == text; }

 private:
  std::shared_ptr<std::string const> text_;  // null: empty
};

}  // namespace restapi::api
