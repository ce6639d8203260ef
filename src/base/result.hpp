// SPDX-License-Identifier: MIT
/// A value or the Error that explains its absence: std::expected's everyday part, for C++20.
#pragma once

#include <utility>
#include <variant>

#include "base/error.hpp"

namespace restapi {

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::move(value)) {}
  Result(Error error) : state_(std::move(error)) {}

  explicit operator bool() const { return state_.index() == 0; }

  /// Requires: *this is true.
  T& operator*() & { return std::get<0>(state_); }
  T const& operator*() const& { return std::get<0>(state_); }
  T&& operator*() && { return std::get<0>(std::move(state_)); }
  T* operator->() { return &std::get<0>(state_); }
  T const* operator->() const { return &std::get<0>(state_); }

  /// Requires: *this is false.
  Error& error() & { return std::get<1>(state_); }
  Error const& error() const& { return std::get<1>(state_); }
  Error&& error() && { return std::get<1>(std::move(state_)); }

 private:
  std::variant<T, Error> state_;
};

/// For functions that only succeed or fail.
struct Done {};

}  // namespace restapi
