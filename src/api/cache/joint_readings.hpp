// SPDX-License-Identifier: MIT
/// Requests for the same answer that all come before it is read share one reading: what is read later is fresh for each
/// of them. For answers that are not cached, or cannot be; those that are have their single flight (attempt.cpp).
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>

#include "base/keyed_hash.hpp"
#include "http/application.hpp"
#include "http/shared_reply.hpp"

namespace restapi::api {

/// Any thread may call. Outlives its readings.
class JointReadings {
 public:
  /// Held by the request that reads, until it has its answer. One thread at a time.
  class Joint {
   public:
    Joint(JointReadings& all, std::string key) : all_(all), key_(std::move(key)) {}
    ~Joint() { begin(); }
    Joint(Joint const&) = delete;
    Joint& operator=(Joint const&) = delete;

    /// The reading begins: nobody joins any more.
    void begin() {
      if (std::exchange(has_begun_, true)) return;
      std::lock_guard const lock(all_.mutex_);
      auto const own = all_.open_.find(key_);
      if (own != all_.open_.end() && own->second.reply == reply_) all_.open_.erase(own);
    }

    /// Those who have joined get it. Otherwise each of them reads for itself.
    void share(http::Reply reply) const { reply_->give(std::move(reply)); }

   private:
    friend class JointReadings;
    JointReadings& all_;
    std::string const key_;
    std::shared_ptr<http::SharedReply> const reply_ = std::make_shared<http::SharedReply>();
    bool has_begun_ = false;
  };

  /// The reading that the caller is to begin. Null: somebody else is to, and `joined` is what to wait for.
  std::shared_ptr<Joint> join(std::string const& key, http::InProgress& joined) {
    std::lock_guard const lock(mutex_);
    auto& open = open_[key];
    if (!open.work.expired()) {
      joined = open;
      return nullptr;
    }
    auto joint = std::make_shared<Joint>(*this, key);
    open = {joint, joint->reply_};
    return joint;
  }

 private:
  std::mutex mutex_;
  std::unordered_map<std::string, http::InProgress, KeyedHash> open_;  // not begun
};

}  // namespace restapi::api
