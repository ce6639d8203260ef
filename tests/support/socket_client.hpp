// SPDX-License-Identifier: MIT
/// A plain TCP client for tests: what it sends is what it was told to send. Blocking, every wait bounded.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace restapi::test {

struct Received {
  int status = 0;
  std::string head;  ///< with its final empty line
  std::string body;
};

class SocketClient {
 public:
  /// Throws std::runtime_error when nobody listens there.
  explicit SocketClient(std::uint16_t port, std::string const& address = "127.0.0.1") : SocketClient() {
    connect(port, address);
  }

  /// A socket that is not connected yet.
  explicit SocketClient(int family = AF_INET) : descriptor_(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    if (descriptor_ < 0) throw std::runtime_error(std::strerror(errno));
    timeval const limit{20, 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(descriptor_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  }

  ~SocketClient() { close(); }
  SocketClient(SocketClient&& other) noexcept
      : descriptor_(std::exchange(other.descriptor_, -1)), kept_(std::move(other.kept_)) {}
  SocketClient(SocketClient const&) = delete;
  SocketClient& operator=(SocketClient const&) = delete;

  void connect(std::uint16_t port, std::string const& address = "127.0.0.1") {
    sockaddr_in ipv4{};
    ipv4.sin_family = AF_INET;
    ipv4.sin_port = htons(port);
    if (::inet_pton(AF_INET, address.c_str(), &ipv4.sin_addr) != 1) throw std::runtime_error("not IPv4: " + address);
    if (::connect(descriptor_, reinterpret_cast<sockaddr*>(&ipv4), sizeof ipv4) != 0) {
      throw std::runtime_error(std::strerror(errno));
    }
  }

  void connect_ipv6(std::uint16_t port) {
    sockaddr_in6 ipv6{};
    ipv6.sin6_family = AF_INET6;
    ipv6.sin6_port = htons(port);
    ipv6.sin6_addr = in6addr_loopback;
    if (::connect(descriptor_, reinterpret_cast<sockaddr*>(&ipv6), sizeof ipv6) != 0) {
      throw std::runtime_error(std::strerror(errno));
    }
  }

  /// False: the server has closed.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      auto const sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  /// As much as fits without waiting; 0: nothing does.
  std::size_t send_some(std::string_view bytes) {
    auto const sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    return sent < 0 ? 0 : static_cast<std::size_t>(sent);
  }

  void end() { ::shutdown(descriptor_, SHUT_WR); }  ///< sends no more, but reads on

  void close() {
    if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
  }

  /// Leaves with a reset, as a crashed client does.
  void reset() {
    linger const at_once{1, 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close();
  }

  void shrink_receive_buffer() {
    int const size = 4096;
    ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
  }

  /// The next response; nothing if the connection ended, or was silent for too long. `to_head`: it answers a HEAD.
  std::optional<Received> receive(bool to_head = false) {
    std::size_t end = 0;
    while ((end = kept_.find("\r\n\r\n")) == std::string::npos) {
      if (!read_more()) return std::nullopt;
    }
    Received received;
    received.head = kept_.substr(0, end + 4);
    kept_.erase(0, end + 4);
    if (received.head.size() < 12) return std::nullopt;
    received.status = std::stoi(received.head.substr(9, 3));
    auto const length = received.head.find("Content-Length: ");
    if (to_head || length == std::string::npos) return received;
    auto const size = std::stoul(received.head.substr(length + 16));
    while (kept_.size() < size) {
      if (!read_more()) return std::nullopt;
    }
    received.body = kept_.substr(0, size);
    kept_.erase(0, size);
    return received;
  }

  /// So many bytes, of whatever protocol; fewer if the connection ended, or was silent for too long.
  std::string receive_bytes(std::size_t size) {
    while (kept_.size() < size && read_more()) continue;
    auto bytes = kept_.substr(0, size);
    kept_.erase(0, size);
    return bytes;
  }

  /// At most so many bytes, which are forgotten; 0: the connection has ended.
  std::size_t receive_some(std::size_t most) {
    std::string bytes(most, '\0');
    auto const size = ::recv(descriptor_, bytes.data(), bytes.size(), 0);
    return size < 0 ? 0 : static_cast<std::size_t>(size);
  }

  /// Gives back the memory of what was received.
  void forget() { std::string().swap(kept_); }

  /// The server has closed properly and sent nothing more. (A reset or silence: false.)
  bool at_end() {
    while (kept_.empty()) {
      char byte;
      auto const size = ::recv(descriptor_, &byte, 1, 0);
      if (size == 0) return true;
      if (size < 0) return false;
      kept_ += byte;
    }
    return false;
  }

  /// The server has closed, one way or the other; reads everything before.
  bool is_cut_off() {
    while (read_more()) kept_.clear();
    return errno != EAGAIN && errno != EWOULDBLOCK;
  }

 private:
  bool read_more() {
    char buffer[16 * 1024];
    errno = 0;
    auto const size = ::recv(descriptor_, buffer, sizeof buffer, 0);
    if (size <= 0) return false;
    kept_.append(buffer, static_cast<std::size_t>(size));
    return true;
  }

  int descriptor_;
  std::string kept_;
};

}  // namespace restapi::test
