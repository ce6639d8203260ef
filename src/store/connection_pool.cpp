#include "store/connection_pool.hpp"

namespace restapi::store {

void ConnectionPool::Lease::lost() {
  connection_.reset();
  std::vector<std::unique_ptr<Connection>> suspects;
  {
    std::lock_guard const lock(pool_.mutex_);
    suspects.swap(pool_.idle_);
  }  // closing takes time: not under the lock
}

std::optional<ConnectionPool::Lease> ConnectionPool::acquire(std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  if (!freed_.wait_for(lock, timeout, [&] { return lent_ < limit_; })) return std::nullopt;
  ++lent_;
  if (!idle_.empty()) {
    auto connection = std::move(idle_.back());
    idle_.pop_back();
    return std::optional<Lease>(std::in_place, *this, std::move(connection));
  }
  lock.unlock();
  try {
    return std::optional<Lease>(std::in_place, *this, open_());
  } catch (...) {
    give_back(nullptr);
    throw;
  }
}

void ConnectionPool::give_back(std::unique_ptr<Connection> connection) {
  {
    std::lock_guard const lock(mutex_);
    --lent_;
    if (connection) idle_.push_back(std::move(connection));
  }
  freed_.notify_one();
}

}  // namespace restapi::store
