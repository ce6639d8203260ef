// SPDX-License-Identifier: MIT
#include "api/pages/file_view.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "api/pages/query_text.hpp"
#include "api/pages/template.hpp"
#include "api/pages/values.hpp"
#include "base/utf8.hpp"
#include "http/target.hpp"

namespace restapi::api::pages {
namespace {

using nlohmann::json;

// Each size takes a look at the file.
constexpr std::size_t most_sizes = 40, most_files = 500;

/// As it stands in a query string, where "&" would end it.
std::string parameter(std::string const& text) {
  auto encoded = http::percent_encode_segment(text);
  for (std::size_t i = 0; (i = encoded.find('&', i)) != encoded.npos;) encoded.replace(i, 1, "%26");
  return encoded;
}

bool is_text(std::string const& text) { return text.find('\0') == text.npos; }

/// Characters that a part of a file has cut through, and what is no UTF-8 at all, become U+FFFD.
std::string readable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    auto const size = utf8::first_character(text);
    out += size == 0 ? std::string_view("\xEF\xBF\xBD") : text.substr(0, size);
    text.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return out;
}

std::string encoded(std::string const& name) { return parameter(in_quotes(name)); }

}  // namespace

std::string file_address(std::string const& address, std::string const& name) {
  return address + "/repo/contents?filename=" + encoded(name);
}

std::string folder_address(std::string const& address, std::string const& name) {
  return address + "/repo/list" + (name.empty() ? "" : "?filename=" + encoded(name));
}

std::string shown_size(std::uint64_t bytes) {
  constexpr double kilo = 1000;
  if (bytes < 1000) return fmt::format("{} byte{}", bytes, bytes == 1 ? "" : "s");
  auto size = static_cast<double>(bytes) / kilo;
  for (auto const* unit : {"kB", "MB", "GB"}) {
    if (size < kilo) return fmt::format("{:.{}f} {}", size, size < 10 ? 1 : 0, unit);
    size /= kilo;
  }
  return fmt::format("{:.0f} TB", size);
}

json files_in(Client const& client, std::string const& address, std::string const& page, std::string const& folder,
              std::string const& root) {
  auto list = json::array();
  auto const got = client.get(folder_address(address, folder));
  if (!got || !got->data.is_object()) return nullptr;
  auto files = got->data.value("repo_list", json::array());
  auto const is_folder_entry = [](json const& file) { return text_in(file, "type") == "DIRECTORY"; };
  std::stable_partition(files.begin(), files.end(), is_folder_entry);
  std::size_t sized = 0;
  for (auto const& file : files) {
    if (list.size() == most_files) {
      list.push_back({{"more", spaced(std::ssize(files) - std::ssize(list))},
                      {"more_href", root + folder_address(address, folder).substr(1)}});
      break;
    }
    auto const name = text_in(file, "name");
    auto path = folder;
    if (!path.empty()) path += '/';
    path += name;
    bool const is_folder = is_folder_entry(file);
    json row{{"file", name}, {"is_folder", is_folder}, {"size", false}, {"download", false}, {"more", false}};
    row["file_href"] = page + "?_file=" + parameter(path);
    if (!is_folder) {
      auto const contents = file_address(address, path);
      row["download"] = root + contents.substr(1);
      if (sized++ < most_sizes)
        if (auto const found = client.file(contents, Bytes::none)) {
          row["size"] = shown_size(found->size);
          row["bytes"] = found->size;
        }
    }
    list.push_back(std::move(row));
  }
  return list;
}

Result<std::string> file_view(Client const& client, std::string const& address, std::string const& name,
                              std::string const& root, Bytes bytes) {
  auto const contents = file_address(address, name);
  auto part = client.file(contents, bytes);
  if (!part) return std::move(part).error();
  json view{{"name", name},
            {"size", shown_size(part->size)},
            {"download", root + contents.substr(1)},
            {"is_text", is_text(part->text)},
            {"is_empty", part->size == 0},
            {"is_end", bytes == Bytes::last},
            {"shown", false}};
  auto lines = json::array();
  constexpr std::size_t most_lines = 20'000;  // each is an element
  bool is_cut = part->text.size() < part->size;
  if (is_text(part->text)) {
    auto const text = readable(part->text);
    std::string_view rest = text;
    // The end of a line that began before the part says nothing.
    if (bytes == Bytes::last && part->text.size() < part->size)
      rest.remove_prefix(std::min(rest.size(), rest.find('\n') + 1));
    if (bytes == Bytes::last) {
      auto begin = rest.size();
      for (std::size_t n = 0; n <= most_lines && begin != rest.npos && begin > 0; ++n)
        begin = rest.rfind('\n', begin - 1);
      if (begin != rest.npos && begin > 0) {
        rest.remove_prefix(begin + 1);
        is_cut = true;
      }
    }
    while (!rest.empty()) {
      if (lines.size() == most_lines) {
        is_cut = true;
        break;
      }
      auto line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(rest.size(), line.size() + 1));
      if (line.ends_with('\r')) line.remove_suffix(1);
      lines.push_back(std::string(line));
    }
  }
  view["is_cut"] = is_cut;
  view["shown"] = spaced(std::ssize(lines));
  view["lines"] = std::move(lines);
  auto const page =
      root + "api/v2/nodes/" + address.substr(address.rfind('/') + 1) + "?_file=" + http::percent_encode_segment(name);
  view["beginning_href"] = page;
  view["end_href"] = page + "&_part=end";
  return fill("file", view);
}

}  // namespace restapi::api::pages
