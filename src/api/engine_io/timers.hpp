// SPDX-License-Identifier: MIT
/// A thread that does things when their time has come. Polled sessions have no connection that could do it for them.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

namespace restapi::api::engine_io {

/// Any thread may call.
class Timers {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using Task = std::function<void()>;

  Timers();
  ~Timers();  ///< stop()
  Timers(Timers const&) = delete;
  Timers& operator=(Timers const&) = delete;

  /// `task` takes microseconds. Where it finds no memory (std::bad_alloc) it is called again a little later.
  void at(Time when, Task task);
  void soon(Task task) { at(Time::min(), std::move(task)); }

  /// What was to be done is dropped. Not from a task.
  void stop();

 private:
  void run();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::multimap<Time, Task> tasks_;
  bool is_stopping_ = false;
  std::thread thread_;
};

}  // namespace restapi::api::engine_io
