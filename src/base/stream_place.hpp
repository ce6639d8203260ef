// SPDX-License-Identifier: MIT
/// What is sent bit by bit holds a thread or a connection for as long as its reader takes: of that there are so many.
#pragma once

#include <atomic>
#include <memory>

namespace restapi {

/// Given back at its end. Must not outlive what it is counted in.
class StreamPlace {
 public:
  /// Null: all are taken. Any thread.
  static std::unique_ptr<StreamPlace> take(std::atomic<unsigned>& taken, unsigned most) {
    auto before = taken.load();
    do {
      if (before >= most) return nullptr;
    } while (!taken.compare_exchange_weak(before, before + 1));
    return std::unique_ptr<StreamPlace>(new StreamPlace(taken));
  }

  ~StreamPlace() { --taken_; }
  StreamPlace(StreamPlace const&) = delete;
  StreamPlace& operator=(StreamPlace const&) = delete;

 private:
  explicit StreamPlace(std::atomic<unsigned>& taken) : taken_(taken) {}

  std::atomic<unsigned>& taken_;
};

}  // namespace restapi
