// SPDX-License-Identifier: MIT
#include "exporters/upf.hpp"

#include "exporters/pseudopotential.hpp"
#include "exporters/stored_file.hpp"
#include "exporters/upf1.hpp"
#include "exporters/upf2.hpp"

namespace restapi::exporters {
namespace {

/// So many lines of the text's begin.
std::string_view first_lines(std::string_view text, int count) {
  std::size_t end = 0;
  for (int i = 0; i < count && end != text.npos; ++i) end = text.find('\n', i == 0 ? 0 : end + 1);
  return text.substr(0, end);
}

bool has(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

}  // namespace

Result<std::string> upf_json(std::string_view file, std::string_view file_name) {
  using Read = Result<Pseudopotential> (*)(std::string_view);
  Read const read = has(first_lines(file, 1), "<PP_INFO>")     ? read_upf1
                    : has(first_lines(file, 2), "UPF version") ? read_upf2
                                                               : Read{};
  if (!read) return Error{Code::export_not_possible, "the file is no UPF of version 1 or 2"};
  auto const pseudopotential = read(file);
  if (!pseudopotential) return pseudopotential.error();
  return json_of(*pseudopotential, file_name);
}

Result<std::string> upf_json_of(Node const& node) {
  auto const name = stored_file_name(node);
  if (!name) return name.error();
  auto const file = node.file(*name);
  if (!file) return file.error();
  return upf_json(*file, *name);
}

}  // namespace restapi::exporters
