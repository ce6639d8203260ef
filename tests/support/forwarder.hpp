// SPDX-License-Identifier: MIT
/// One address for several PostgreSQL servers, as a TCP balancer or a service of Kubernetes is one: each connection is
/// passed on to one of them.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <list>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace restapi::test {

class Forwarder {
 public:
  /// To servers that listen in these folders, in turn.
  explicit Forwarder(std::vector<std::string> folders)
      : folders_(std::move(folders)), listening_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(listening_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listening_, 16) != 0 ||
        ::getsockname(listening_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
      throw std::runtime_error("no port");
    port_ = ntohs(address.sin_port);
    acceptor_ = std::jthread([this](std::stop_token const& stop) { accept(stop); });
  }
  /// Closes all connections.
  ~Forwarder() { acceptor_ = {}; }
  Forwarder(Forwarder const&) = delete;
  Forwarder& operator=(Forwarder const&) = delete;

  /// New connections go to that server alone, until in_turn().
  void lead_to(int index) { only_ = index; }
  void in_turn() { only_ = -1; }

  std::string uri(std::string const& database, std::string const& more = {}) const {
    return "postgresql://restapi@127.0.0.1:" + std::to_string(port_) + "/" + database +
           "?sslmode=disable&gssencmode=disable" + more;
  }

 private:
  void accept(std::stop_token const& stop) {
    std::list<std::jthread> connections;
    std::size_t turn = 0;
    while (!stop.stop_requested()) {
      pollfd polled{listening_, POLLIN, 0};
      if (::poll(&polled, 1, 20) <= 0) continue;
      auto const client = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
      if (client < 0) continue;
      auto const only = only_.load();
      auto const& folder = folders_[only < 0 ? turn++ % folders_.size() : static_cast<std::size_t>(only)];
      connections.emplace_back([client, folder](std::stop_token const& end) { forward(client, folder, end); });
    }
    ::close(listening_);
  }

  static void forward(int client, std::string const& folder, std::stop_token const& stop) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    (folder + "/.s.PGSQL.5432").copy(address.sun_path, sizeof address.sun_path - 1);
    auto const server = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::connect(server, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) {
      bool is_open = true;
      while (is_open && !stop.stop_requested()) {
        pollfd polled[] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
        if (::poll(polled, 2, 20) <= 0) continue;
        if (polled[0].revents) is_open = pass(client, server);
        if (is_open && polled[1].revents) is_open = pass(server, client);
      }
    }
    ::close(client);
    ::close(server);
  }

  static bool pass(int from, int to) {
    char bytes[1 << 14];
    auto const count = ::recv(from, bytes, sizeof bytes, 0);
    for (ssize_t sent = 0; sent < count;) {
      auto const more = ::send(to, bytes + sent, static_cast<std::size_t>(count - sent), MSG_NOSIGNAL);
      if (more <= 0) return false;
      sent += more;
    }
    return count > 0;
  }

  std::vector<std::string> const folders_;
  int const listening_;
  std::uint16_t port_ = 0;
  std::atomic<int> only_ = -1;
  std::jthread acceptor_;
};

}  // namespace restapi::test
