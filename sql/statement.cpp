// SPDX-License-Identifier: MIT
#include "sql/statement.hpp"

namespace restapi::sql {

Statement& Statement::add(Fragment fragment) {
  text_ += fragment.text();
  return *this;
}

Statement& Statement::bind(model::Value value) {
  values_.push_back(std::move(value));
  text_ += ":p";
  text_ += std::to_string(values_.size());
  return *this;
}

}  // namespace restapi::sql
