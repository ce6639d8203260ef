// SPDX-License-Identifier: MIT
/// Somebody at the door "content". On the I/O thread of its connection.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/feed/content/messages.hpp"
#include "api/feed/web_socket_door.hpp"

namespace restapi::api::feed::content {

class Session final : public WebSocketListener {
 public:
  explicit Session(Visit visit);

  void on_message(web_socket::Kind kind, std::string payload) override;
  void on_closing(web_socket::CloseCode code) override;

 private:
  void on_begun(store::Cursor const& cursor, bool is_resnapshot) override;
  void tell(Entry const& entry) override;
  void on_settled(store::Cursor const& cursor) override;
  void on_expired() override;
  void on_leaving(Subscription::End why) override;

  void follow(Instruction const& instruction);
  store::Cursor const* shown_cursor() const { return wanted_.has_cursor && has_begun_ ? &cursor() : nullptr; }

  std::string const id_;
  Wanted wanted_;
  bool has_begun_ = false;
  std::vector<Instruction> waiting_;  // until it has begun
  std::optional<int> parting_;        // status, where it is another one than the code of the close says
};

}  // namespace restapi::api::feed::content
