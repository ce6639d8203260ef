// SPDX-License-Identifier: MIT
/// Where in the body something stands, for errors.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/json_value.hpp"

namespace restapi::query::builder {

/// A value in the body. Lives on the stack of whoever reads it, below the place that it is in.
class Place {
 public:
  Place() = default;  ///< the body itself
  Place(Place const& in, std::string_view key) : in_(&in), key_(key) {}
  Place(Place const& in, std::size_t index) : in_(&in), index_(index), is_index_(true) {}

  /// As JSON pointer (RFC 6901): "/filters/p/attributes.n/===".
  std::string pointer() const;

 private:
  Place const* in_ = nullptr;
  std::string_view key_;
  std::size_t index_ = 0;
  bool is_index_ = false;
};

/// "/filters/p/labl: a node has no column …", and what would have worked.
Error error_at(Place const& place, Code code, std::string_view what, std::string hint = {});

/// "takes a list, not a number"
Error wrong_kind(Place const& place, std::string_view wanted, JsonValue const& value, std::string hint = {});

/// `did you mean "label"? ` where one of the known names is near, then all of them: "columns of a node: id, uuid".
std::string known_names(std::string_view written, std::string_view what, std::span<std::string_view const> known);

/// A name that a client has written, short enough for a message.
std::string quoted(std::string_view name);

}  // namespace restapi::query::builder
