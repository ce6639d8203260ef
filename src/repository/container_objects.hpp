// SPDX-License-Identifier: MIT
/// The objects of a profile: the files of a disk-objectstore container, which AiiDA writes to while they are read.
///
/// | where | what |
/// | --- | --- |
/// | `config.json` | `hash_type`, `loose_prefix_len` |
/// | `loose/ab/cdef…` | an object as it is: a new one |
/// | `packs/<n>` | many objects, one behind the other, as they are or compressed |
/// | `packs.idx` | where in the packs (container_index.hpp) |
///
/// `verdi storage maintain` moves objects from loose files into packs, and writes packs anew. An object that is in the
/// container all the while is found all the while: it is looked for again where it was moved in between, and what has
/// been opened is the right file or is opened again. An Object stays readable when its file is removed.
///
/// Below the container only names made of hex digits and numbers are opened, and of those only regular files; links
/// that folders of the container are, are followed.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "repository/container_index.hpp"
#include "repository/object.hpp"

namespace restapi::repository {

/// Any thread, many at once. Keeps open: the folder, and up to four connections to `packs.idx`.
class ContainerObjects final : public Objects {
 public:
  /// Of the container that is at that path. It is opened with the first object; where another one has taken its place,
  /// that is noticed when an object is missing. Of a profile this is the folder `container` in the one that
  /// `repository_uri` of core.psql_dos or `filepath` of core.sqlite_dos names.
  explicit ContainerObjects(std::string path, EnterSqlite enter = {});
  ~ContainerObjects() override;

 private:
  struct Container;

  Result<std::unique_ptr<Object>> find(std::string_view hash) override;
  Result<std::shared_ptr<Container>> container();

  std::string const path_;
  EnterSqlite const enter_;
  std::mutex mutex_;  // of container_
  std::shared_ptr<Container> container_;
};

}  // namespace restapi::repository
