// SPDX-License-Identifier: MIT
/// A page of events, for whoever asks again and again.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "api/feed/events/event.hpp"
#include "http/application.hpp"

namespace restapi::api::feed::events {

struct PageRequest {
  Filter filter;
  std::optional<std::string> after;  ///< a cursor as it was sent; nothing: from now on
  std::size_t limit;
  std::chrono::seconds wait;  ///< for the first event
  std::function<http::Reply(Error const&)> refuse;
  std::function<std::optional<Error>(std::string const&)> refusal_of;  ///< DoorQuestion: its token may have expired
  std::function<http::Reply(std::string data, std::int64_t total)> answer;
};

/// Answers when there are events, or the time is over. Any thread. False: the feed has been stopped.
bool answer_page(Feed& feed, std::shared_ptr<Feed::Listener> listener, PageRequest request, http::LateAnswer answer);

}  // namespace restapi::api::feed::events
