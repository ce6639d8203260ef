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
  auto const renewals = renewals_;
  if (!idle_.empty()) {
    auto connection = std::move(idle_.back());
    idle_.pop_back();
    return std::optional<Lease>(std::in_place, *this, std::move(connection), renewals);
  }
  lock.unlock();
  try {
    return std::optional<Lease>(std::in_place, *this, open_(), renewals);
  } catch (...) {
    give_back(nullptr, renewals);
    throw;
  }
}

void ConnectionPool::renew() {
  std::vector<std::unique_ptr<Connection>> old;  // declared first: closed when the lock is gone
  std::lock_guard const lock(mutex_);
  ++renewals_;
  old.swap(idle_);
}

void ConnectionPool::give_back(std::unique_ptr<Connection> connection, std::size_t renewals) {
  {
    std::lock_guard const lock(mutex_);
    --lent_;
    if (connection && renewals == renewals_) idle_.push_back(std::move(connection));
  }
  freed_.notify_one();
}

}  // namespace restapi::store
