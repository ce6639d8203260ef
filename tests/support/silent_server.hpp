// SPDX-License-Identifier: MIT
/// A PostgreSQL server that never gets far: it takes connections, and says nothing, or no more than that it is ready.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace restapi::test {

class SilentServer {
 public:
  enum class Words {
    none,
    greeting,  ///< connecting succeeds; no statement is ever answered
  };

  explicit SilentServer(Words words) : words_(words), listening_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(listening_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listening_, 16) != 0 ||
        ::getsockname(listening_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
      throw std::runtime_error("no port");
    port_ = ntohs(address.sin_port);
    thread_ = std::jthread([this](std::stop_token const& stop) { run(stop); });
  }

  /// Closes all connections.
  ~SilentServer() {
    thread_.request_stop();
    thread_.join();
    for (auto const connection : connections_) ::close(connection);
    ::close(listening_);
  }
  SilentServer(SilentServer const&) = delete;
  SilentServer& operator=(SilentServer const&) = delete;

  std::string uri() const {
    return "postgresql://reader@127.0.0.1:" + std::to_string(port_) + "/aiida?sslmode=disable&gssencmode=disable";
  }
  int accepted() const { return accepted_; }

 private:
  void run(std::stop_token const& stop) {
    while (!stop.stop_requested()) {
      pollfd poll{listening_, POLLIN, 0};
      if (::poll(&poll, 1, 20) <= 0) continue;
      auto const connection = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
      if (connection < 0) continue;
      connections_.push_back(connection);
      ++accepted_;
      // AuthenticationOk, ReadyForQuery (PostgreSQL 15, 55.7). libpq sends its startup message first, unread here.
      using namespace std::string_view_literals;
      constexpr auto greeting = "R\0\0\0\10\0\0\0\0Z\0\0\0\5I"sv;
      if (words_ == Words::greeting && ::send(connection, greeting.data(), greeting.size(), MSG_NOSIGNAL) < 0) return;
    }
  }

  Words const words_;
  int const listening_;
  std::uint16_t port_ = 0;
  std::vector<int> connections_;
  std::atomic<int> accepted_ = 0;
  std::jthread thread_;
};

}  // namespace restapi::test
