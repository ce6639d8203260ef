// SPDX-License-Identifier: MIT
/// The header fields of a response in the form in which they are sent, which is also how they are kept: one text.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace restapi::http {

/// A plain value.
class ResponseHeaders {
 public:
  ResponseHeaders() = default;
  ResponseHeaders(std::initializer_list<std::pair<std::string_view, std::string_view>> fields);

  /// After the others. A line end within the field becomes a blank: what follows it would be a field or a body of its
  /// own (response splitting).
  void add(std::string_view name, std::string_view value);
  void add(ResponseHeaders const& fields) { text_ += fields.text_; }

  /// `Name: value` and a line end (CR LF, RFC 9112 §2.2) for each field, in the order in which they were added.
  std::string const& text() const { return text_; }

  bool operator==(ResponseHeaders const&) const = default;

 private:
  std::string text_;
};

/// Value of the first field of that name (ASCII case ignored, RFC 9110 §5.1), or nothing. A view of the headers.
std::optional<std::string_view> find_header(ResponseHeaders const& headers, std::string_view name);

}  // namespace restapi::http
