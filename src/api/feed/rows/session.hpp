// SPDX-License-Identifier: MIT
/// Somebody at the door "rows". On the I/O thread of its connection.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/feed/rows/messages.hpp"
#include "api/feed/rows/request.hpp"
#include "api/feed/web_socket_door.hpp"

namespace restapi::api::feed::rows {

class Session final : public WebSocketListener {
 public:
  explicit Session(Visit visit);

  void on_message(web_socket::Kind kind, std::string payload) override;

 private:
  void on_begun(store::Cursor const& cursor, bool is_resnapshot) override;
  void tell(Entry const& entry) override;
  void on_settled(store::Cursor const& cursor) override;
  void on_expired() override;
  void on_tick() override { go_back(); }

  void go_back();
  void turn_to(PageRequest const& request);

  std::string const id_;
  Wanted wanted_;
  std::optional<std::string> goes_on_behind_;  // a cursor, until the changes behind it are asked for
  bool has_begun_ = false;
  std::vector<PageRequest> waiting_;  // until it has begun
};

}  // namespace restapi::api::feed::rows
