// SPDX-License-Identifier: MIT
#include "api/pages/template.hpp"

#include <kainjow/mustache.hpp>
#include <map>

#include "api/pages/files.hpp"

namespace restapi::api::pages {
namespace {

using kainjow::mustache::data;
using kainjow::mustache::mustache;

data boolean(bool value) { return value ? data::type::bool_true : data::type::bool_false; }

data converted(nlohmann::json const& value) {
  switch (value.type()) {
    case nlohmann::json::value_t::object: {
      data object{data::type::object};
      for (auto const& [key, member] : value.items()) {
        object[key] = converted(member);
        if (member.is_array()) object["has_" + key] = boolean(!member.empty());
      }
      return object;
    }
    case nlohmann::json::value_t::array: {
      data list{data::type::list};
      // push_back() copies, and whoever holds the list would copy it again.
      auto& elements = const_cast<kainjow::mustache::list&>(list.list_value());
      elements.reserve(value.size());
      for (auto const& element : value) elements.push_back(converted(element));
      return list;
    }
    case nlohmann::json::value_t::string:
      if (value.get_ref<std::string const&>().empty()) return boolean(false);
      return value.get_ref<std::string const&>();
    case nlohmann::json::value_t::boolean:
      return boolean(value.get<bool>());
    case nlohmann::json::value_t::null:
      return boolean(false);
    default:
      return value.dump();
  }
}

std::string text_of(std::string_view name) { return file_text(std::string(name) + ".mustache"); }

}  // namespace

std::string fill(std::string_view name, nlohmann::json const& values) {
#ifdef RESTAPI_WEB_FOLDER
  mustache filled(text_of(name));
#else
  thread_local std::map<std::string, mustache, std::less<>> parsed;  // filling in changes it
  auto found = parsed.find(name);
  if (found == parsed.end()) found = parsed.try_emplace(std::string(name), text_of(name)).first;
  auto& filled = found->second;
#endif
  std::string html;
  filled.render(converted(values), [&](std::string const& part) { html += part; });
  return html;
}

}  // namespace restapi::api::pages
