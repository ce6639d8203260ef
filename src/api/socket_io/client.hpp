// SPDX-License-Identifier: MIT
/// Socket.IO 5 over a session of Engine.IO: the namespaces of one client. No socket, no clock.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/engine_io/server.hpp"
#include "api/socket_io/application.hpp"
#include "api/socket_io/packet.hpp"

namespace restapi::api::socket_io {

struct ClientOptions {
  std::chrono::milliseconds connect_timeout{45'000};  ///< without a namespace: closed
  std::chrono::milliseconds between_ticks{15'000};
  std::size_t max_namespaces = 16;     ///< beyond: refused
  std::size_t max_attachments = 10;    ///< of a packet; beyond: closed
  std::size_t max_packet = 1'000'000;  ///< bytes, with its attachments; beyond: closed
};

/// A client that breaks the protocol is closed.
class Client final : public engine_io::Handler {
 public:
  /// The session must outlive it.
  Client(engine_io::Session& session, engine_io::SessionHandle handle, std::shared_ptr<Application> application,
         ClientOptions const& options);
  ~Client() override;

  void on_message(engine_io::Kind kind, std::string data) override;
  void on_sent() override;
  void on_deadline() override;
  void on_closed() override;

 private:
  class Member;

  void handle(Packet const& packet, std::vector<std::string> attachments);
  void connect(Packet const& packet);
  void send(Packet const& packet, std::vector<std::string> attachments = {});
  void tell_all(void (Listener::*what)());
  std::unique_ptr<Member> remove(std::string const& name_space);

  engine_io::Session& session_;
  engine_io::SessionHandle const handle_;
  std::shared_ptr<Application> const application_;
  ClientOptions const options_;
  std::map<std::string, std::unique_ptr<Member>, std::less<>> members_;
  std::vector<std::unique_ptr<Member>> former_;  // may be what is calling
  std::optional<Packet> incomplete_;             // some of its attachments are still to come
  std::vector<std::string> attachments_;
  std::size_t incomplete_bytes_ = 0;  // kept by the session
  bool has_connected_ = false;
};

}  // namespace restapi::api::socket_io
