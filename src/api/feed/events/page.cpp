// SPDX-License-Identifier: MIT
#include "api/feed/events/page.hpp"

#include <fmt/format.h>

#include <utility>

namespace restapi::api::feed::events {
namespace {

using Clock = std::chrono::steady_clock;

/// Of the events of a page; beyond, the rest is for the next one.
constexpr std::size_t most_bytes = std::size_t{8} << 20;

/// Somebody who waits for a page. On the feed's thread.
class Reader {
 public:
  Reader(Feed const& feed, std::shared_ptr<Feed::Listener> listener, PageRequest request, http::LateAnswer answer)
      : feed_(feed), listener_(std::move(listener)), request_(std::move(request)), answer_(std::move(answer)) {}

  enum class State {
    answered,
    waits,       ///< for something to happen
    catches_up,  ///< there is more to read from the database; others come first
  };

  State begin(Result<Feed::Desk::Begin> const& begin, Feed::Desk& desk, Log const& log) {
    if (!begin) return refuse(begin.error());
    position_ = begin->position;
    if (begin->is_resnapshot) {
      add({"resnapshot", "{}", position_.cursor});
      return give(true);
    }
    return go_on(desk, log, request_.wait.count() == 0);
  }

  /// `is_over`: it waits no longer.
  State go_on(Feed::Desk& desk, Log const& log, bool is_over) {
    if (answer_.is_unwanted()) return State::answered;
    if (!position_.place) {
      auto entry = desk.catch_up(position_);
      if (!entry) return refuse(entry.error());
      if (*entry && !take(**entry)) return give(false);
      if (count_ > 0) return give(position_.place.has_value());
      if (!position_.place) return State::catches_up;
    }
    for (;;) {
      auto const entries = log.from(*position_.place);
      if (!entries) {  // more came at once than the log holds: the database has it
        position_ = {.cursor = position_.cursor};
        return State::catches_up;
      }
      if (entries->empty()) break;
      for (auto const& entry : *entries) {
        if (!take(*feed::take(position_, entry))) return give(false);
      }
    }
    if (count_ > 0) return give(true);
    if (!is_over && !listener_->is_displaced()) return State::waits;
    // "Nothing has changed" is only said by a database that can be read.
    auto const trouble = desk.trouble();
    return trouble && trouble->code != Code::overloaded ? refuse(*trouble) : give(true);
  }

  State give(bool is_settled) {
    if (auto const error = request_.refusal_of({})) return refuse(*error);
    listener_->count_messages(count_);
    auto const& after = after_ ? *after_ : position_.cursor;
    answer_.give(request_.answer(fmt::format(R"({{"after":"{}","events":[{}],"settled":{},"source":"{}"}})",
                                             after.text(), events_, is_settled, name_of(feed_.source_in_use().kind)),
                                 static_cast<std::int64_t>(count_)));
    return State::answered;
  }

  bool waits() const { return request_.wait.count() > 0; }

 private:
  /// False: the page is full before the end of the entry.
  bool take(Entry const& entry) {
    bool has_room = true;
    for_each_event(entry, request_.filter, [&](Event const& event) {
      has_room = count_ < request_.limit && events_.size() < most_bytes;
      if (has_room) add(event);
      return has_room;
    });
    if (has_room) after_ = entry.batch().after;
    return has_room;
  }

  void add(Event const& event) {
    auto const members = std::string_view(event.data).substr(1);  // behind the brace
    events_ +=
        fmt::format("{}{{\"event\":\"{}\"{}{}", count_ == 0 ? "" : ",", event.name, members == "}" ? "" : ",", members);
    after_ = event.after;
    ++count_;
  }

  State refuse(Error const& error) {
    answer_.give(request_.refuse(error));
    return State::answered;
  }

  Feed const& feed_;
  std::shared_ptr<Feed::Listener> const listener_;
  PageRequest const request_;
  http::LateAnswer const answer_;
  Position position_;
  std::string events_;
  std::size_t count_ = 0;
  std::optional<store::Cursor> after_;
};

/// Whoever waits for a page, and until when.
struct Waiting {
  std::shared_ptr<Reader> reader;
  Feed& feed;
  std::uint64_t client;
  Clock::time_point until;

  void take(Reader::State state, Feed::Desk& desk) const {
    if (state == Reader::State::catches_up) {
      auto const go_on = [self = *this](Feed::Desk& at) {
        self.take(self.reader->go_on(at, self.feed.log(), !self.reader->waits()), at);
      };
      if (!feed.ask(go_on, client)) reader->give(false);
    } else if (state == Reader::State::waits) {
      auto const look = [self = *this](Feed::Desk& at, bool is_over) {
        auto const next = self.reader->go_on(at, self.feed.log(), is_over);
        if (next == Reader::State::waits) return false;
        self.take(next, at);
        return true;
      };
      desk.wait(look, until);
    }
  }
};

}  // namespace

bool answer_page(Feed& feed, std::shared_ptr<Feed::Listener> listener, PageRequest request, http::LateAnswer answer) {
  auto const until = Clock::now() + request.wait;
  auto const after = request.after;
  auto const client = listener->client();
  Waiting const waiting{std::make_shared<Reader>(feed, std::move(listener), std::move(request), std::move(answer)),
                        feed, client, until};
  auto const begun = [waiting](Feed::Desk& desk, Result<Feed::Desk::Begin> const& begin) {
    waiting.take(waiting.reader->begin(begin, desk, waiting.feed.log()), desk);
  };
  return feed.ask([after, client, begun](Feed::Desk& desk) { desk.begin(after, client, begun); }, client);
}

}  // namespace restapi::api::feed::events
