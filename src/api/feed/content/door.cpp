// SPDX-License-Identifier: MIT
#include "api/feed/content/door.hpp"

#include <utility>

#include "api/feed/content/session.hpp"

namespace restapi::api::feed::content {

std::unique_ptr<Door> make_door(std::shared_ptr<Feed> feed) {
  return make_web_socket_door(std::move(feed),
                              {.path = "/content/ws/v5", .way = Way::content, .needs = {.details = true}},
                              [](Visit visit) { return std::make_unique<Session>(std::move(visit)); });
}

}  // namespace restapi::api::feed::content
