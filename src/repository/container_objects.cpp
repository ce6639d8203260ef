// SPDX-License-Identifier: MIT
#include "repository/container_objects.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "base/file_descriptor.hpp"
#include "base/file_identity.hpp"
#include "repository/errors.hpp"
#include "repository/hash.hpp"
#include "repository/inflated_object.hpp"
#include "repository/plain_object.hpp"

namespace restapi::repository {
namespace {

/// Objects are moved once, from a loose file into a pack; afterwards within packs, which takes two changes each time.
constexpr int most_looks = 2, most_moves = 10;
constexpr int most_openings = 3;  // while other containers take the place

struct Opened {
  FileDescriptor file;
  std::uint64_t size = 0;
};

/// A regular file below an open folder. Nothing where there is none of that name.
Result<std::optional<Opened>> open_below(int folder, std::string const& name) {
  FileDescriptor file(::openat(folder, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!file.is_open()) {
    if (errno == ENOENT || errno == ENOTDIR) return std::optional<Opened>();
    if (errno == ELOOP || errno == ENXIO) return damaged_object(name + " is not a regular file");
    return unreadable(name, errno);
  }
  struct stat status = {};
  if (::fstat(file.number(), &status) != 0) return unreadable(name, errno);
  if (!S_ISREG(status.st_mode)) return damaged_object(name + " is not a regular file");
  return std::optional(Opened{std::move(file), static_cast<std::uint64_t>(status.st_size)});
}

/// Whether that is the name of a file which is open, so that no other can have its inode.
bool leads_to(int folder, std::string const& name, FileDescriptor const& file) {
  struct stat named = {}, open = {};
  return ::fstatat(folder, name.c_str(), &named, AT_SYMLINK_NOFOLLOW) == 0 && ::fstat(file.number(), &open) == 0 &&
         named.st_dev == open.st_dev && named.st_ino == open.st_ino;
}

struct Layout {
  std::size_t digits = 0;  // of a hash
  std::size_t prefix = 0;  // of these, in the name of a folder
};

Result<Layout> read_layout(int folder) {
  auto const file = open_below(folder, "config.json");
  if (!file) return unavailable(file.error().detail);
  if (!*file) return unavailable("there is no config.json");
  std::array<char, std::size_t{64} << 10> text;
  auto const size = read_at((*file)->file, text.data(), text.size(), 0);
  if (!size) return size.error();
  auto const json = nlohmann::json::parse(text.data(), text.data() + *size, nullptr, false);
  if (!json.is_object()) return damaged_repository("config.json is not JSON");
  auto const version = json.find("container_version");
  if (version != json.end() && *version != 1) return damaged_repository("config.json has another container_version");
  auto const hash = json.find("hash_type"), prefix = json.find("loose_prefix_len");
  Layout layout;
  if (hash != json.end()) layout.digits = *hash == "sha256" ? sha256_digits : *hash == "sha1" ? sha1_digits : 0;
  if (layout.digits == 0) return damaged_repository("config.json has another hash_type");
  if (prefix == json.end() || !prefix->is_number_unsigned() || prefix->get<std::uint64_t>() >= layout.digits)
    return damaged_repository("config.json has no loose_prefix_len");
  layout.prefix = prefix->get<std::size_t>();
  return layout;
}

}  // namespace

struct ContainerObjects::Container {
  Container(FileDescriptor opened, FileIdentity const& is, Layout const& has, EnterSqlite enter)
      : folder(std::move(opened)), identity(is), layout(has), index(folder.number(), std::move(enter)) {}

  FileDescriptor const folder;
  FileIdentity const identity;
  Layout const layout;
  ContainerIndex index;

  Result<std::unique_ptr<Object>> find(std::string_view hash) {
    if (!is_hash(hash, layout.digits)) return missing_object("its hash is none of this repository");
    for (int look = 0; look < most_looks; ++look) {
      auto loose = find_loose(hash);
      if (!loose || *loose) return loose;
      auto packed = find_packed(hash);
      if (!packed || *packed) return packed;
    }
    return missing_object("there is no loose file of it, and nothing in packs.idx");
  }

 private:
  /// Null where there is none.
  Result<std::unique_ptr<Object>> find_loose(std::string_view hash) const {
    std::string name = "loose/";
    name += hash.substr(0, layout.prefix);
    if (layout.prefix > 0) name += '/';
    name += hash.substr(layout.prefix);
    auto found = open_below(folder.number(), name);
    if (!found) return std::move(found).error();
    if (!*found) return std::unique_ptr<Object>();
    auto& [file, size] = **found;
    return std::unique_ptr<Object>(std::make_unique<PlainObject>(
        std::make_shared<FileDescriptor const>(std::move(file)), 0, size, PlainObject::Range::is_offered));
  }

  /// A pack that is written anew is number -1 at first, then gets its former number, and with it the name of a file
  /// that has been removed; the index changes before the one and after the other. So where the name has led to one file
  /// all the while that the index was looked at, the index tells about this file. That it says the same before and
  /// after the file is opened would prove less: the pack may have been written anew twice.
  Result<std::unique_ptr<Object>> find_packed(std::string_view hash) {
    auto place = index.find(hash);
    for (int move = 0; move < most_moves; ++move) {
      if (!place) return place.error();
      if (!*place) return std::unique_ptr<Object>();
      auto const number = (*place)->pack;
      auto const name = "packs/" + std::to_string(number);
      auto pack = open_below(folder.number(), name);
      if (!pack) return std::move(pack).error();
      place = index.find(hash);
      bool const is_there = *pack && place && *place && (*place)->pack == number;
      if (is_there && leads_to(folder.number(), name, (*pack)->file)) return in_pack(**place, **std::move(pack));
    }
    return damaged_object("its pack is not there");
  }

  static Result<std::unique_ptr<Object>> in_pack(PackedObject const& place, Opened pack) {
    if (place.offset > pack.size || place.length > pack.size - place.offset)
      return damaged_object("it goes beyond the end of its pack");
    auto file = std::make_shared<FileDescriptor const>(std::move(pack.file));
    if (place.is_compressed)
      return inflate_object(std::move(file), {place.offset, place.length, place.size, PackedRange::Format::zlib});
    if (place.length != place.size) return damaged_object("its sizes in packs.idx differ");
    return std::unique_ptr<Object>(
        std::make_unique<PlainObject>(std::move(file), place.offset, place.size, PlainObject::Range::is_offered));
  }
};

ContainerObjects::ContainerObjects(std::string path, EnterSqlite enter)
    : path_(std::move(path)), enter_(std::move(enter)) {}

ContainerObjects::~ContainerObjects() = default;

Result<std::shared_ptr<ContainerObjects::Container>> ContainerObjects::container() {
  std::lock_guard const lock(mutex_);
  if (container_) return container_;
  FileDescriptor folder(::open(path_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!folder.is_open()) return unreadable(path_, errno);
  auto const identity = identity_of_file(folder.number(), "");
  if (!identity) return unreadable(path_, errno);
  auto const layout = read_layout(folder.number());
  if (!layout) return layout.error();
  container_ = std::make_shared<Container>(std::move(folder), *identity, *layout, enter_);
  return container_;
}

Result<std::unique_ptr<Object>> ContainerObjects::find(std::string_view hash) {
  for (int opening = 1;; ++opening) {
    auto const opened = container();
    if (!opened) return opened.error();
    auto found = (*opened)->find(hash);
    if (found || found.error().code != Code::no_such_object) return found;
    // A folder that was removed may have been restored.
    if (opening == most_openings || identity_of_file(path_) == (*opened)->identity) return found;
    std::lock_guard const lock(mutex_);
    if (container_ == *opened) container_ = nullptr;
  }
}

}  // namespace restapi::repository
