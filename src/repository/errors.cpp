// SPDX-License-Identifier: MIT
#include "repository/errors.hpp"

#include <cerrno>
#include <system_error>
#include <utility>

namespace restapi::repository {
namespace {

Error with_detail(Code code, char const* message, std::string detail) {
  return {code, message, {}, {}, std::move(detail)};
}

}  // namespace

Error missing_object(std::string detail) {
  return with_detail(Code::no_such_object, "the content of this file is not in the repository", std::move(detail));
}

Error damaged_object(std::string detail) {
  return with_detail(Code::store_damaged, "the content of this file is damaged", std::move(detail));
}

Error damaged_repository(std::string detail) {
  return with_detail(Code::store_damaged, "the repository of this profile is damaged", std::move(detail));
}

Error unavailable(std::string detail) {
  return with_detail(Code::store_unavailable, "the repository of this profile cannot be read", std::move(detail));
}

Error unreadable(std::string const& what, int error) {
  auto detail = what + ": " + std::generic_category().message(error);
  bool const is_shortage = error == EMFILE || error == ENFILE || error == ENOMEM;
  if (!is_shortage) return unavailable(std::move(detail));
  return with_detail(Code::overloaded, "too many files are being read", std::move(detail));
}

}  // namespace restapi::repository
