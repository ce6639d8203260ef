// SPDX-License-Identifier: MIT
#include "api/feed/rows/door.hpp"

#include <utility>

#include "api/feed/rows/session.hpp"

namespace restapi::api::feed::rows {

std::unique_ptr<Door> make_door(std::shared_ptr<Feed> feed) {
  return make_web_socket_door(std::move(feed), {.path = "/ws/core/", .way = Way::rows, .admits_itself = true},
                              [](Visit visit) { return std::make_unique<Session>(std::move(visit)); });
}

}  // namespace restapi::api::feed::rows
