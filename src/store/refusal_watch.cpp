// SPDX-License-Identifier: MIT
#include "store/refusal_watch.hpp"

#include <soci/error.h>

#include <atomic>
#include <chrono>
#include <exception>
#include <system_error>
#include <thread>
#include <utility>

#include "store/lasting_failures.hpp"

namespace restapi::store {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds between_looks{1};

}  // namespace

struct RefusalWatch::Shared {
  explicit Shared(source::Source what) : source(std::move(what)) {}

  source::Source const source;
  std::atomic<bool> is_lasting = false, is_looking = false;
  std::atomic<Clock::rep> next_look = 0;
};

RefusalWatch::RefusalWatch(source::Source source) : shared_(std::make_shared<Shared>(std::move(source))) {}

void RefusalWatch::look(std::string words) {
  auto const now = Clock::now().time_since_epoch();
  if (now.count() < shared_->next_look || shared_->is_looking.exchange(true)) return;
  shared_->next_look = (now + between_looks).count();
  try {
    std::thread([shared = shared_, words = std::move(words)] {
      try {
        shared->is_lasting = !lasting_reason(shared->source, soci::soci_error(words), {}).empty();
      } catch (std::exception const&) {  // no memory: the next time, maybe
      }
      shared->is_looking = false;
    }).detach();
  } catch (std::system_error const&) {  // no more threads: likewise
    shared_->is_looking = false;
  }
}

bool RefusalWatch::is_lasting() const { return shared_->is_lasting.load(std::memory_order_relaxed); }

void RefusalWatch::forget() {
  if (is_lasting()) shared_->is_lasting = false;
}

}  // namespace restapi::store
