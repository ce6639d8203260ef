/// Threads that call the Application, so that I/O threads never wait for it.
///
/// The queue is bounded by the number of connections: each has at most one request here.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <variant>
#include <vector>

#include "api/http_message.hpp"
#include "api/link.hpp"

namespace restapi::api {

class WorkerPool {
 public:
  /// Starts the threads. The application must outlive the pool.
  WorkerPool(unsigned workers, Application& application);
  ~WorkerPool();  ///< stop()
  WorkerPool(WorkerPool const&) = delete;
  WorkerPool& operator=(WorkerPool const&) = delete;

  /// Queues a request to answer, or a fault to refuse; the response goes to the link. Any thread.
  void submit(std::weak_ptr<Link> link, std::variant<Request, Error> task);

  /// Ends the threads after the answers they are at; what is still queued is dropped. May be called twice.
  void stop();

 private:
  struct Job {
    std::weak_ptr<Link> link;
    std::variant<Request, Error> task;
  };
  void run();

  Application& application_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> jobs_;
  unsigned idle_ = 0;
  bool waking_ = false;  // a worker has been notified and has not come yet
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace restapi::api
