// SPDX-License-Identifier: MIT
#include "store/files_of_source.hpp"

#include <memory>

#include "repository/container_objects.hpp"
#include "store/sqlite/sandbox.hpp"

namespace restapi::store {
namespace {

/// What the sandbox is handed, for as long as anybody is in it.
struct Room {
  std::shared_ptr<HeapShare> memory = HeapShare::create();
  Forbids forbids = [](FileIdentity const&) { return false; };
};

}  // namespace

std::shared_ptr<repository::Objects> files_of(source::Source const& source) {
  if (source.files || source.container.empty()) return source.files;
  auto const enter = [room = std::make_shared<Room const>()]() -> std::shared_ptr<void> {
    enter_sqlite_sandbox(*room->memory, room->forbids);
    return {nullptr, [room](void*) { leave_sqlite_sandbox(); }};
  };
  return std::make_shared<repository::ContainerObjects>(source.container, enter);
}

}  // namespace restapi::store
