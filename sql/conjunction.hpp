// SPDX-License-Identifier: MIT
/// Conditions of a statement, all of which hold.
#pragma once

#include "sql/statement.hpp"

namespace restapi::sql {

/// Writes " WHERE " before the first condition and " AND " before the others.
class Conjunction {
 public:
  explicit Conjunction(Statement& statement) : statement_(statement) {}

  Statement& next() {
    if (first_)
      statement_.add(" WHERE ");
    else
      statement_.add(" AND ");
    first_ = false;
    return statement_;
  }

 private:
  Statement& statement_;
  bool first_ = true;
};

}  // namespace restapi::sql
