// SPDX-License-Identifier: MIT
/// Places of which there are so many, shared fairly: when all are taken, the client that has most of them gives one up
/// for a client that has fewer.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace restapi {

/// Any thread.
class Places : public std::enable_shared_from_this<Places> {
 public:
  /// Given back at its end. Belongs to one owner.
  class Place {
   public:
    Place(std::shared_ptr<Places> places, std::uint64_t client);
    ~Place();
    Place(Place const&) = delete;
    Place& operator=(Place const&) = delete;

    /// What ends the owner when somebody else has got the place: called once, on the thread of that one (or here and
    /// now, if that has happened); takes microseconds.
    void on_displaced(std::function<void()> leave);

    bool is_displaced() const { return is_displaced_; }

   private:
    friend Places;
    std::shared_ptr<Places> const places_;
    std::uint64_t const client_;
    std::atomic<bool> is_displaced_ = false;
    std::function<void()> leave_;  // guarded by the mutex of the places
  };

  /// In a std::shared_ptr.
  explicit Places(std::size_t size) : size_(size) {}

  /// `client`: http::Request::client. Null: all are taken, and no other client has two more than this one. Otherwise
  /// the place that was taken last of those of the client with most is the one that is given up.
  std::unique_ptr<Place> take(std::uint64_t client);

 private:
  std::vector<Place*>* most_of(std::uint64_t client);

  std::size_t const size_;
  std::mutex mutex_;
  std::unordered_map<std::uint64_t, std::vector<Place*>> by_client_;  // in the order in which they were taken
  std::size_t taken_ = 0;
};

}  // namespace restapi
