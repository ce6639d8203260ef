// SPDX-License-Identifier: MIT
#include "api/pages/files.hpp"

#include <fstream>
#include <iterator>
#include <stdexcept>

#include "api/pages/embedded.hpp"
#include "repository/hash.hpp"

namespace restapi::api::pages {
namespace {

struct MediaType {
  std::string_view ending, type;
};
// What a browser is given; templates are for us.
constexpr MediaType media_types[] = {{".css", "text/css; charset=utf-8"},
                                     {".js", "text/javascript; charset=utf-8"},
                                     {".svg", "image/svg+xml"},
                                     {".txt", "text/plain; charset=utf-8"}};

EmbeddedFile const* find(std::string_view name) {
  for (auto const& file : embedded_files())
    if (file.name == name) return &file;
  return nullptr;
}

std::string hash_of_all() {
  std::string all;
  for (auto const& file : embedded_files()) all += file.text;
  constexpr std::size_t digits = 16;
  return repository::hash_of(all).substr(0, digits);
}

}  // namespace

std::string const& asset_folder() {
  static std::string const folder = std::string(asset_prefix.substr(1)) + hash_of_all() + "/";
  return folder;
}

std::optional<http::Response> asset(std::string_view path) {
  auto const& folder = asset_folder();
  path.remove_prefix(1);
  if (!path.starts_with(folder)) return std::nullopt;
  auto const name = path.substr(folder.size());
  for (auto const& [ending, type] : media_types)
    if (name.ends_with(ending) && find(name) != nullptr)
      return http::Response{
          200, {{"Content-Type", type}, {"Cache-Control", "public, max-age=31536000, immutable"}}, file_text(name)};
  return std::nullopt;
}

std::string file_text(std::string_view name) {
#ifdef RESTAPI_WEB_FOLDER
  std::ifstream file(std::string(RESTAPI_WEB_FOLDER) + "/" + std::string(name), std::ios::binary);
  if (file) return {std::istreambuf_iterator<char>(file), {}};
#endif
  auto const* const found = find(name);
  if (found == nullptr) throw std::logic_error("no file of pages is called " + std::string(name));
  return std::string(found->text);
}

}  // namespace restapi::api::pages
