// SPDX-License-Identifier: MIT
// What the head of a pseudopotential says.
#include <fmt/format.h>

#include "api/pages/file_view.hpp"
#include "api/pages/pictures/picture.hpp"
#include "api/pages/template.hpp"
#include "api/pages/values.hpp"
#include "http/target.hpp"

namespace restapi::api::pages {
namespace {

using nlohmann::json;

struct Row {
  char const *key, *words;
};
// Of the header in JSON, where the file says it.
constexpr Row rows[] = {
    {"element", "element"},
    {"pseudo_type", "pseudopotential"},
    {"z_valence", "valence electrons"},
    {"l_max", "largest l"},
    {"functional", "functional"},
    {"wfc_cutoff", "wave functions cutoff, Ry"},
    {"rho_cutoff", "density cutoff, Ry"},
    {"core_correction", "core correction"},
    {"number_of_proj", "projectors"},
    {"number_of_wfc", "wave functions"},
    {"mesh_size", "mesh points"},
    {"spin_orbit", "spin–orbit"},
};

/// An attribute of PP_HEADER (UPF 2) that the JSON does not have; empty: it is not there.
std::string stated(std::string_view text, std::string const& key) {
  auto const begin = text.find(" " + key + "=\"");
  if (begin == text.npos) return {};
  text.remove_prefix(begin + key.size() + 3);
  text = text.substr(0, text.find('"'));
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  constexpr std::size_t longest = 60;
  return text.size() <= longest ? std::string(text) : std::string();
}

}  // namespace

std::string upf_picture(Drawn const& drawn) {
  auto found = json::object();
  constexpr std::uint64_t most_parsed = std::uint64_t{2} << 20;
  auto const filename = drawn.attributes.find("filename");
  if (filename != drawn.attributes.end() && filename->is_string()) {
    auto const file = drawn.client.file(file_address(drawn.address, filename->get<std::string>()), Bytes::first);
    if (file)
      for (auto const* key : {"functional", "wfc_cutoff", "rho_cutoff"})
        if (auto value = stated(file->text, key); !value.empty()) found[key] = std::move(value);
    if (file && file->size <= most_parsed) {
      auto const data = exported(drawn);
      if (data) found.update(data->value("pseudo_potential", json::object()).value("header", json::object()));
    }
  }
  if (auto const element = drawn.attributes.find("element");
      element != drawn.attributes.end() && !found.contains("element"))
    found["element"] = *element;
  auto facts = json::array();
  for (auto const& [key, words] : rows)
    if (auto const value = found.find(key); value != found.end() && !value->is_null())
      facts.push_back({{"fact", words},
                       {"fact_value", *value == true       ? std::string("yes")
                                      : *value == false    ? std::string("no")
                                      : value->is_number() ? fmt::format("{}", value->get<double>())
                                                           : plain(*value)}});
  return facts.empty() ? std::string() : fill("facts", {{"facts", facts}});
}

}  // namespace restapi::api::pages
