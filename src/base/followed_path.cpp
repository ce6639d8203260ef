// SPDX-License-Identifier: MIT
#include "base/followed_path.hpp"

#include <filesystem>
#include <system_error>

namespace restapi {

std::string followed_path(std::string const& written) {
  // std::filesystem follows links only where they lead to something.
  namespace fs = std::filesystem;
  std::error_code ignored;
  fs::path path = "/", rest = fs::absolute(written, ignored).relative_path();
  int links = 0;
  constexpr int most_links = 40;  // as the kernel
  while (!rest.empty()) {
    auto const name = *rest.begin();
    rest = rest.lexically_relative(name);
    if (rest == ".") rest.clear();
    auto const next = path / name;
    if (name == "..") {
      path = path.parent_path();
    } else if (links < most_links && fs::is_symlink(fs::symlink_status(next, ignored))) {
      ++links;
      auto const target = fs::read_symlink(next, ignored);
      if (target.is_absolute()) path = "/";
      rest = target.relative_path() / rest;
    } else if (!name.empty() && name != ".") {
      path = next;
    }
  }
  return path.string();
}

}  // namespace restapi
