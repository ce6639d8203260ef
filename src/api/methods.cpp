// SPDX-License-Identifier: MIT
#include "api/methods.hpp"

namespace restapi::api {
namespace {

constexpr std::string_view comma = ", ";

}  // namespace

bool names_method(std::string_view methods, std::string_view method) {
  for (;;) {
    auto const end = methods.find(comma);
    if (methods.substr(0, end) == method) return true;
    if (end == methods.npos) return false;
    methods.remove_prefix(end + comma.size());
  }
}

std::string spoken_methods(std::string_view methods) {
  std::string text(methods);
  if (auto const last = text.rfind(comma); last != text.npos) text.replace(last, comma.size(), " or ");
  return text;
}

}  // namespace restapi::api
