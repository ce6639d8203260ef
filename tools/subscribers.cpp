// SPDX-License-Identifier: MIT
/// Many listeners to the live feed in one process and one thread, for tools/bench: each reads all that comes, counts it
/// and throws it away.
///
///     restapi_subscribers PORT COUNT TARGET             event streams on 127.0.0.1
///     restapi_subscribers PORT COUNT TARGET TEXT…       WebSockets; each text is sent once one more message has come
///
/// WebSockets need at least one text, which may be empty: that is not sent. Pings, of Socket.IO too, are answered. Says
/// `ready` when all have been admitted and each of their texts has been answered; each line on standard input is
/// answered with a line of JSON: how many are open, messages of all, of the one with the least and of the one with the
/// most, bytes of all. Pings are no messages, nor are comments of streams. Ends with standard input.
#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace {

constexpr std::size_t connects_at_once = 64;  // before what has come is read
constexpr std::uint32_t standard_input = UINT32_MAX;

/// Frames of a client are masked; a mask of zeros changes nothing (RFC 6455 §5.3). At most 125 bytes.
std::string frame(unsigned char opcode, std::string_view payload) {
  std::string bytes{static_cast<char>(0x80 | opcode), static_cast<char>(0x80 | payload.size()), 0, 0, 0, 0};
  return bytes += payload;
}

struct Subscriber {
  int descriptor = -1;
  std::uint64_t messages = 0;
  std::string kept;           // a head of the answer or of a frame that is not complete
  std::uint64_t skipped = 0;  // bytes of a payload that are still to come
  std::size_t said = 0;       // texts
  bool is_admitted = false;
  bool is_at_line_start = true;
};

class Crowd {
 public:
  Crowd(std::uint16_t port, std::size_t count, std::string const& target, std::vector<std::string> texts)
      : port_(port), texts_(std::move(texts)), subscribers_(count), epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
    request_ = fmt::format("GET {} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n", target, port);
    request_ += texts_.empty() ? "Accept: text/event-stream\r\n\r\n"
                               : "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                                 "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n";
  }

  void run() {
    for (std::size_t i = 0; i < subscribers_.size(); ++i) {
      connect(static_cast<std::uint32_t>(i));
      if (i % connects_at_once == 0) turn(0);
    }
    while (ready_ < subscribers_.size()) turn(-1);
    fmt::print("ready\n");
    std::fflush(stdout);
    watch(STDIN_FILENO, standard_input);
    while (!is_over_) turn(-1);
  }

 private:
  void watch(int descriptor, std::uint32_t number) {
    epoll_event event{.events = EPOLLIN, .data = {.u32 = number}};
    if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event) != 0)
      throw std::system_error(errno, std::generic_category(), "epoll_ctl");
  }

  void connect(std::uint32_t number) {
    auto& one = subscribers_[number];
    one.descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port_);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (one.descriptor < 0 || ::connect(one.descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
      throw std::system_error(errno, std::generic_category(), fmt::format("subscriber {}", number));
    send(one, request_);
    watch(one.descriptor, number);
    ++open_;
  }

  /// The socket has room: clients say very little.
  static void send(Subscriber const& one, std::string_view bytes) {
    if (::send(one.descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(bytes.size()))
      throw std::system_error(errno, std::generic_category(), "send");
  }

  void turn(int timeout) {
    auto const count = ::epoll_wait(epoll_, events_.data(), static_cast<int>(events_.size()), timeout);
    for (int i = 0; i < count; ++i) {
      auto const number = events_[static_cast<std::size_t>(i)].data.u32;
      if (number == standard_input)
        answer();
      else
        read(subscribers_[number]);
    }
  }

  void answer() {
    auto const size = ::read(STDIN_FILENO, buffer_.data(), buffer_.size());
    if (size <= 0) {
      is_over_ = true;
      return;
    }
    auto const [least, most] = std::ranges::minmax(subscribers_, {}, &Subscriber::messages);
    std::uint64_t messages = 0;
    for (auto const& one : subscribers_) messages += one.messages;
    fmt::print("{{\"open\": {}, \"messages\": {}, \"least\": {}, \"most\": {}, \"bytes\": {}}}\n", open_, messages,
               least.messages, most.messages, bytes_);
    std::fflush(stdout);
  }

  void read(Subscriber& one) {
    auto const size = ::recv(one.descriptor, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (size <= 0) {
      ::close(one.descriptor);
      one.descriptor = -1;
      --open_;
      if (!is_ready(one)) throw std::runtime_error("a subscriber was not admitted: " + one.kept);
      return;
    }
    bytes_ += static_cast<std::uint64_t>(size);
    std::string_view bytes(buffer_.data(), static_cast<std::size_t>(size));
    auto const was_ready = is_ready(one);
    if (!one.is_admitted) {
      one.kept += bytes;
      auto const end = one.kept.find("\r\n\r\n");
      if (end == std::string::npos) return;
      if (!one.kept.starts_with(texts_.empty() ? "HTTP/1.1 200" : "HTTP/1.1 101"))
        throw std::runtime_error("a subscriber was not admitted: " + one.kept);
      one.is_admitted = true;
      auto const rest = std::exchange(one.kept, {}).substr(end + 4);
      take(one, rest);
    } else {
      take(one, bytes);
    }
    if (!was_ready && is_ready(one)) ++ready_;
  }

  bool is_ready(Subscriber const& one) const { return one.is_admitted && one.messages >= first_messages_; }

  void take(Subscriber& one, std::string_view bytes) {
    if (texts_.empty())
      take_lines(one, bytes);
    else
      take_frames(one, bytes);
  }

  /// Each event has one line that begins with `id: `.
  static void take_lines(Subscriber& one, std::string_view bytes) {
    while (!bytes.empty()) {
      if (one.is_at_line_start && bytes.front() == 'i') ++one.messages;
      auto const end = bytes.find('\n');
      one.is_at_line_start = end != std::string_view::npos;
      bytes.remove_prefix(one.is_at_line_start ? end + 1 : bytes.size());
    }
  }

  /// Looks into short payloads only.
  void take_frames(Subscriber& one, std::string_view bytes) {
    std::string joined;
    if (!one.kept.empty()) {
      joined = std::exchange(one.kept, {}).append(bytes);
      bytes = joined;
    }
    while (!bytes.empty()) {
      auto const skipped = std::min<std::uint64_t>(one.skipped, bytes.size());
      one.skipped -= skipped;
      bytes.remove_prefix(skipped);
      if (bytes.empty()) return;
      auto const byte = [&](std::size_t place) { return static_cast<unsigned char>(bytes[place]); };
      std::size_t const code = bytes.size() < 2 ? 0U : byte(1);
      std::size_t const head = code == 127 ? 10 : code == 126 ? 4 : 2;
      if (bytes.size() < head + (code < 126 ? code : 0U)) {
        one.kept = bytes;
        return;
      }
      std::uint64_t length = code;
      if (head > 2) length = 0;
      for (std::size_t place = 2; place < head; ++place) length = length << 8 | byte(place);
      if (code < 126)
        hear(one, byte(0) & 0x0f, bytes.substr(head, code));
      else
        hear(one, byte(0) & 0x0f, {});
      bytes.remove_prefix(head);
      one.skipped = length;
    }
  }

  void hear(Subscriber& one, int opcode, std::string_view payload) {
    if (opcode == 9) return send(one, frame(10, payload));
    if (opcode != 1) return;
    if (payload == "2") return send(one, frame(1, "3"));  // the ping of Engine.IO
    ++one.messages;
    if (one.said == texts_.size()) return;
    if (auto const& text = texts_[one.said++]; !text.empty()) send(one, frame(1, text));
  }

  std::uint16_t const port_;
  std::vector<std::string> const texts_;
  std::uint64_t const first_messages_ =  // one more than what is answered
      1 + static_cast<std::uint64_t>(std::ranges::count_if(texts_, [](auto const& text) { return !text.empty(); }));
  std::string request_;
  std::vector<Subscriber> subscribers_;
  int const epoll_;
  std::array<epoll_event, 512> events_;
  std::array<char, 64 * 1024> buffer_;
  std::size_t open_ = 0;
  std::size_t ready_ = 0;
  std::uint64_t bytes_ = 0;
  bool is_over_ = false;
};

template <class Number>
std::optional<Number> read_number(std::string_view text) {
  Number number{};
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

}  // namespace

int main(int count, char** arguments) try {
  auto const port = count >= 4 ? read_number<std::uint16_t>(arguments[1]) : std::nullopt;
  auto const subscribers = count >= 4 ? read_number<std::uint32_t>(arguments[2]) : std::nullopt;
  if (!port || !subscribers) {
    fmt::print(stderr, "usage: restapi_subscribers PORT COUNT TARGET [TEXT…]\n");
    return 2;
  }
  auto const crowd = std::make_unique<Crowd>(*port, *subscribers, arguments[3],
                                             std::vector<std::string>(arguments + 4, arguments + count));
  crowd->run();
  return 0;
} catch (std::exception const& error) {
  fmt::print(stderr, "restapi_subscribers: {}\n", error.what());
  return 2;
}
