// SPDX-License-Identifier: MIT
#include "app/store_opener.hpp"

#include <spdlog/spdlog.h>

#include <chrono>
#include <future>
#include <iostream>
#include <thread>
#include <utility>

#include "source/progress_line.hpp"
#include "store/postgresql/server_presence.hpp"

namespace restapi::app {
namespace {

// While the database is waited for.
constexpr std::chrono::milliseconds between_tries{250};
constexpr std::chrono::seconds between_words{5};

// For signals, while a database is opened.
constexpr std::chrono::milliseconds between_looks{20};

struct Opening {
  bool is_absent;  ///< the server of the database
  Result<std::shared_ptr<store::Store>> store;
};

/// On a thread that may outlive the program: a server that accepts connections and then says nothing cannot be left.
std::future<Opening> open_aside(source::Source const& source, store::StoreOptions const& options, bool may_be_absent) {
  std::packaged_task<Opening()> task([=] {
    // Looked at first: a database that comes in between is met by the opening.
    bool const is_absent = may_be_absent && store::is_absent(source);
    return Opening{is_absent, store::open_store(source, options)};
  });
  auto opening = task.get_future();
  std::thread(std::move(task)).detach();
  return opening;
}

store::WantedSource wanted_source(std::string const& feed) {
  if (feed == "installed") return store::WantedSource::installed;
  return feed == "following" ? store::WantedSource::following : store::WantedSource::automatic;
}

}  // namespace

StoreOpener::StoreOpener(config::Options const& options, unsigned connections, source::SourceContext context,
                         std::shared_ptr<MemoryBudget> memory)
    : context_(std::move(context)),
      store_options_{.connections = connections,
                     .statement_timeout = std::chrono::seconds(options.statement_timeout),
                     .connection_timeout = std::chrono::seconds(options.connection_timeout),
                     .memory = std::move(memory),
                     .changes = wanted_source(options.feed)},
      wait_(options.wait) {
  context_.progress = [this](std::uint64_t, std::uint64_t) { return !is_stopped_; };
}

Result<std::shared_ptr<store::Store>> StoreOpener::open(source::FoundSource const& found) const {
  auto source = source::open_source(found, context_);
  if (!source) return std::move(source).error();
  return store::open_store(*std::move(source), store_options_);
}

std::optional<Result<std::shared_ptr<store::Store>>> StoreOpener::open_at_start(source::FoundSource const& found,
                                                                                Signals const& signals) const {
  using Clock = std::chrono::steady_clock;
  bool is_ended = false;
  auto const ends_within = [&](std::chrono::milliseconds limit) {
    auto const signal = signals.take_within(limit);
    return is_ended = is_ended || (signal == Signals::Wish::end);
  };
  auto context = context_;
  context.progress = [&, line = source::progress_line(std::cerr, "unpacking the archive")](auto done, auto total) {
    return line(done, total) && !ends_within({});
  };
  auto const source = source::open_source(found, context);
  if (is_ended) return std::nullopt;
  if (!source) return Result<std::shared_ptr<store::Store>>(source.error());
  auto const until = Clock::now() + wait_;
  auto next_word = Clock::now();
  for (;;) {
    auto opening = open_aside(*source, store_options_, wait_.count() > 0);
    while (opening.wait_for(between_looks) != std::future_status::ready)
      if (ends_within({})) return std::nullopt;
    auto [is_absent, store] = opening.get();
    if (store || !is_absent || Clock::now() >= until) return std::move(store);
    if (Clock::now() >= next_word) {
      spdlog::info("waiting for the database: {}", store.error().message);
      next_word = Clock::now() + between_words;
    }
    if (ends_within(between_tries)) return std::nullopt;
  }
}

}  // namespace restapi::app
