#include "api/worker_pool.hpp"

#include <utility>

namespace restapi::api {

WorkerPool::WorkerPool(unsigned workers, Application& application) : application_(application) {
  threads_.reserve(workers);
  for (unsigned i = 0; i < workers; ++i) threads_.emplace_back([this] { run(); });
}

WorkerPool::~WorkerPool() { stop(); }

void WorkerPool::submit(std::weak_ptr<Link> link, std::variant<Request, Error> task) {
  bool wake = false;
  {
    std::lock_guard const lock(mutex_);
    if (stopping_) return;
    jobs_.push_back({std::move(link), std::move(task)});
    // One worker is woken at a time, and wakes the next if there is more to do: for answers of a few microseconds a
    // wakeup for each would cost more than the answer.
    wake = idle_ > 0 && !waking_;
    waking_ = waking_ || wake;
  }
  if (wake) changed_.notify_one();
}

void WorkerPool::stop() {
  {
    std::lock_guard const lock(mutex_);
    stopping_ = true;
    jobs_.clear();
  }
  changed_.notify_all();
  for (auto& thread : threads_) thread.join();
  threads_.clear();
}

void WorkerPool::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    while (jobs_.empty() && !stopping_) {
      ++idle_;
      changed_.wait(lock);
      --idle_;
      waking_ = false;
    }
    if (stopping_) return;
    Job job = std::move(jobs_.front());
    jobs_.pop_front();
    bool const wake = !jobs_.empty() && idle_ > 0 && !waking_;
    waking_ = waking_ || wake;
    lock.unlock();
    if (wake) changed_.notify_one();
    if (!job.link.expired()) {  // else the client left while this was queued
      auto const* request = std::get_if<Request>(&job.task);
      Link::post(job.link, request ? application_.answer(*request) : application_.refuse(std::get<Error>(job.task)));
    }
    job = {};  // freed outside the lock
    lock.lock();
  }
}

}  // namespace restapi::api
