// SPDX-License-Identifier: MIT
/// What cannot be opened at the start is an error with a sentence, not an exception.
#pragma once

#include <exception>
#include <stdexcept>
#include <string>

#include "base/result.hpp"

namespace restapi::app {

/// The system gives no more threads.
bool is_want_of_threads(std::exception const& failure);

/// In a sentence. `hint`: what would help, but for a want of threads.
Error reason_of(std::exception const& failure, std::string const& hint);

/// What the call gives, or why it cannot: source_refused for each std::runtime_error.
template <class Call>
auto attempt(char const* hint, Call call) -> Result<decltype(call())> try {
  return call();
} catch (std::runtime_error const& error) {
  return reason_of(error, hint);
}

}  // namespace restapi::app
