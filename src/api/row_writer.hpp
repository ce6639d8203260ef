// SPDX-License-Identifier: MIT
/// Rows as text, one batch after the other: for formats whose beginning can be read before their end is there.
#pragma once

#include <string>

#include "base/answer_limits.hpp"
#include "base/error.hpp"
#include "store/rows.hpp"

namespace restapi::api {

/// Of one list; one thread.
class RowWriter {
 public:
  virtual ~RowWriter() = default;

  /// What stands before the first row.
  virtual void begin(std::string& out) = 0;

  /// Throws Interrupted.
  virtual void write(std::string& out, store::Rows const& rows, AnswerLimits& limits) = 0;

  /// The last words, where there should have been more rows.
  virtual void fail(std::string& out, Error const& error) = 0;
};

}  // namespace restapi::api
