// SPDX-License-Identifier: MIT
#include "api/feed/events/door.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "api/feed/events/page.hpp"
#include "api/feed/events/stream.hpp"
#include "api/methods.hpp"
#include "base/small_text.hpp"
#include "base/suggest.hpp"

namespace restapi::api::feed::events {
namespace {

constexpr std::size_t most_events = 400;
constexpr std::int64_t longest_wait = 25;  // seconds: proxies end what takes longer than half a minute

struct Keys {
  Filter filter = {};
  std::optional<std::string> after = {};
  std::size_t limit = most_events;
  std::chrono::seconds wait{0};
};

Result<std::int64_t> number_of(std::string_view key, std::string_view text, std::int64_t most) {
  auto const number = number_in<std::int64_t>(text);
  if (!number || *number < 0 || *number > most)
    return Error{Code::out_of_range, fmt::format("{} must be a number from 0 to {}", key, most)};
  return *number;
}

Result<Keys> keys_of(http::Target const& target) {
  constexpr std::string_view known[] = {"resource", "after", "limit", "wait", "jwt_token"};
  Keys keys;
  std::string_view rest = target.decoded_query;
  while (!rest.empty()) {
    auto const part = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(part.size() + 1, rest.size()));
    auto const name = part.substr(0, part.find('='));
    auto const value = part.substr(std::min(name.size() + 1, part.size()));
    if (name == "resource") {
      auto filter = filter_of(value);
      if (!filter) return std::move(filter).error();
      keys.filter = *std::move(filter);
    } else if (name == "after") {
      keys.after = std::string(value);
    } else if (name == "limit") {
      auto const limit = number_of(name, value, most_events);
      if (!limit) return limit.error();
      keys.limit = static_cast<std::size_t>(*limit);
    } else if (name == "wait") {
      auto const wait = number_of(name, value, longest_wait);
      if (!wait) return wait.error();
      keys.wait = std::chrono::seconds(*wait);
    } else if (name != "jwt_token" && !part.empty()) {
      return Error{Code::unknown_key, fmt::format("events have no key \"{}\"", name), suggest(name, known)};
    }
  }
  return keys;
}

Error stopping() { return {Code::overloaded, "the server is about to stop", "come back in a moment"}; }

bool wants_stream(http::Request const& request) {
  return http::find_header(request.headers, "Accept").value_or("").find("text/event-stream") != std::string_view::npos;
}

class EventsDoor final : public Door {
 public:
  explicit EventsDoor(std::shared_ptr<Feed> feed) : owned_(std::move(feed)), feed_(*owned_) {}

  std::string_view path() const override { return "/api/v2/events"; }
  std::string_view name() const override { return name_of(Way::events); }

  http::Attempt attempt(DoorQuestion question) override {
    auto keys = keys_of(question.target);
    if (!keys) return question.refuse(keys.error());
    std::shared_ptr<Feed::Listener> listener = feed_.listen(Way::events, question.request.client);
    if (!listener)
      return question.refuse(
          {Code::overloaded, "there are as many listeners as this server has room for", "try again later"});
    bool const is_stream = wants_stream(question.request);
    if (question.request.method == "HEAD") return question.finish(head(is_stream));
    if (auto const last = http::find_header(question.request.headers, "Last-Event-ID"))
      keys->after = std::string(*last);
    if (is_stream) return stream(std::move(listener), *std::move(keys), std::move(question));
    return page(std::move(listener), *std::move(keys), std::move(question));
  }

  void stop() override { feed_.stop(); }

 private:
  static http::Response head(bool is_stream) {
    http::Response response{200, {{"Content-Type", is_stream ? "text/event-stream" : "application/json"}}, {}};
    if (is_stream) response.headers.add("X-Accel-Buffering", "no");  // nginx would keep events until it has a page
    return response;
  }

  static bool may_be_soon(Code code) { return code == Code::overloaded || code == Code::standby_behind; }

  /// EventSource comes back to a stream that ends, but not after a status other than 200.
  static http::Reply come_back(http::Reply reply) {
    reply.successor = [](net::Connection& connection) { return std::make_unique<EndingStream>(connection); };
    return reply;
  }

  http::Attempt stream(std::shared_ptr<Feed::Listener> listener, Keys keys, DoorQuestion question) {
    return http::Later{[this, listener = std::move(listener), keys = std::move(keys),
                        refuse = std::move(question.refuse), finish = std::move(question.finish),
                        admits = std::move(question.admits)](http::LateAnswer const& answer) {
      auto const task = [this, listener, keys, refuse, finish, admits, answer](Feed::Desk& desk) {
        desk.begin(keys.after, listener->client(), [=, this](Feed::Desk&, Result<Feed::Desk::Begin> const& begin) {
          if (!begin && may_be_soon(begin.error().code)) return answer.give(come_back(finish(head(true))));
          if (!begin) return answer.give(refuse(begin.error()));
          auto reply = finish(head(true));
          reply.successor = [this, listener, keys, admits, begin = *begin](net::Connection& connection) {
            return std::make_unique<Stream>(connection, feed_, listener, keys.filter, begin, admits);
          };
          answer.give(std::move(reply));
        });
      };
      if (!feed_.ask(task, listener->client())) answer.give(refuse(stopping()));
    }};
  }

  http::Attempt page(std::shared_ptr<Feed::Listener> listener, Keys keys, DoorQuestion question) {
    PageRequest request{
        std::move(keys.filter),         std::move(keys.after),     keys.limit, keys.wait, std::move(question.refuse),
        std::move(question.refusal_of), std::move(question.answer)};
    return http::Later{
        [this, listener = std::move(listener), request = std::move(request)](http::LateAnswer const& answer) {
          if (!answer_page(feed_, listener, request, answer)) answer.give(request.refuse(stopping()));
        }};
  }

  std::shared_ptr<Feed> const owned_;
  Feed& feed_;
};

}  // namespace

std::unique_ptr<Door> make_door(std::shared_ptr<Feed> feed) { return std::make_unique<EventsDoor>(std::move(feed)); }

}  // namespace restapi::api::feed::events
