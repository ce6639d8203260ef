// SPDX-License-Identifier: MIT
/// Which files a node has: a tree of folders and files, the JSON text `repository_metadata` of its row. A file has the
/// hash of its content, a folder its members:
///
///     {"o": {"in.txt": {"k": "<hash>"}, "out": {"o": {"log": {"k": "<hash>"}}}, "empty": {}}}
///
/// The text is read from its beginning to its end for each question, and no tree is made of it: it may have any number
/// of files. Of a name that stands twice in a folder the last counts, as for AiiDA. Names that no path has (empty, `.`,
/// `..`, with a slash or a zero byte) are passed over: what is listed can be asked for.
///
/// A path is relative to the root, which is "", with `/` between its parts: `a/`, `./a` and `a//b` mean `a` and `a/b`.
/// Nothing is at a path with `..`.
///
/// Pure; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace restapi::repository {

/// What is at a path.
enum class Place {
  nothing,
  file,
  folder,
  absolute,  ///< the path begins with a slash, which no path of a node does
};

struct FoundFile {
  Place place = Place::nothing;
  std::string hash = {};  ///< of a file; may be any text, which Objects::open looks at
};

struct Member {
  std::string name;
  bool is_folder = false;

  bool operator==(Member const&) const = default;
};

struct FoundFolder {
  Place place = Place::nothing;
  std::vector<Member> members = {};  ///< of a folder, in the order of code points
};

/// `metadata` is the text; empty, `null` and `{}` are a root without files. Errors: Code::unreadable_document where it
/// is not the JSON of a tree, nests deeper than max_json_depth or is longer than largest_tree.
Result<FoundFile> find_file(std::string_view metadata, std::string_view path);

/// The same for what is in a folder. Errors also: Code::answer_too_large beyond most_members.
Result<FoundFolder> list_folder(std::string_view metadata, std::string_view path);

inline constexpr std::size_t largest_tree = std::size_t{64} << 20;  ///< bytes; a file takes about a hundred
inline constexpr std::size_t most_members = 1'000'000;              ///< of one folder

}  // namespace restapi::repository
