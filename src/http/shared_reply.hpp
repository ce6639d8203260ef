// SPDX-License-Identifier: MIT
/// The answer to one request that fits others, too.
#pragma once

#include <atomic>
#include <optional>
#include <utility>

#include "http/reply.hpp"

namespace restapi::http {

/// Filled once by the thread that answers the first request; others may look at any time.
class SharedReply {
 public:
  void give(Reply reply) {
    reply_ = std::move(reply);
    is_there_.store(true, std::memory_order_release);
  }

  /// Nothing: there is none (yet).
  std::optional<Reply> get() const { return is_there_.load(std::memory_order_acquire) ? reply_ : std::nullopt; }

 private:
  std::optional<Reply> reply_;
  std::atomic<bool> is_there_ = false;
};

}  // namespace restapi::http
