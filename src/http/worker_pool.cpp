// SPDX-License-Identifier: MIT
#include "http/worker_pool.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>

#include "http/answer_event.hpp"

namespace restapi::http {
namespace {

// Of the workers that work, one in so many is kept for owners who have none.
constexpr unsigned workers_per_spare = 4;

auto find_owner(auto& working_for, void const* owner) {
  return std::find_if(working_for.begin(), working_for.end(), [&](auto const& entry) { return entry.first == owner; });
}

}  // namespace

WorkerPool::WorkerPool(unsigned workers, std::size_t max_work, Application& application)
    : application_(application),
      max_working_(std::max(least_workers, workers) - 1),
      spare_((max_working_ + workers_per_spare - 1) / workers_per_spare),
      max_attempting_(std::max(1u, workers / workers_per_attempting)),
      max_work_(max_work) {
  workers = std::max(least_workers, workers);
  threads_.reserve(workers);
  for (unsigned i = 0; i < workers; ++i) threads_.emplace_back([this] { run(); });
}

WorkerPool::~WorkerPool() { stop(); }

void WorkerPool::submit(std::weak_ptr<net::Connection> connection, std::variant<Request, Error> task) {
  bool wake = false;
  {
    std::lock_guard const lock(mutex_);
    if (stopping_) return;
    ++requests_;
    arrivals_.push_back({std::move(connection), std::move(task)});
    wake = wake_another();
  }
  if (wake) changed_.notify_one();
}

WorkerCounts WorkerPool::counts() const {
  std::lock_guard const lock(mutex_);
  return {requests_, shed_, arrivals_.size() + rests_.size() + waiting_.size(), under_way_};
}

void WorkerPool::stop() {
  {
    std::lock_guard const lock(mutex_);
    stopping_ = true;
    arrivals_.clear();
    rests_.clear();
    waiting_.clear();
  }
  changed_.notify_all();
  for (auto& thread : threads_) thread.join();
  threads_.clear();
}

// One worker is woken at a time, and wakes the next if there is more to do: for answers of a few microseconds a wakeup
// for each would cost more than the answer. Requires the lock; true: notify.
bool WorkerPool::wake_another() {
  bool const wake = has_something() && idle_ > 0 && !waking_;
  waking_ = waking_ || wake;
  return wake;
}

void WorkerPool::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    while (!has_something() && !stopping_) {
      ++idle_;
      changed_.wait(lock);
      --idle_;
      waking_ = false;
    }
    if (stopping_) return;
    std::vector<Arrival> batch;
    std::vector<Rest> rests;
    std::size_t taken = 0;
    void const* owner = nullptr;
    // Attempts go first, but for one thread they take turns with work: a stream of them would keep it from ever being
    // done.
    bool const works = can_work() && (!can_attempt() || (working_ == 0 && is_turn_of_work_));
    is_turn_of_work_ = !works;
    if (!works) {
      ++attempting_;
      auto const end = arrivals_.begin() + static_cast<std::ptrdiff_t>(std::min(max_batch, arrivals_.size()));
      batch.assign(std::move_iterator(arrivals_.begin()), std::move_iterator(end));
      arrivals_.erase(arrivals_.begin(), end);
    } else {
      rests = take_work();
      taken = rests.size();
      ++working_;
      under_way_ += taken;
      owner = rests.front().work->owner();
      if (owner) begin_for(owner);
    }
    ++busy_;
    bool const wake = wake_another();
    lock.unlock();
    if (wake) changed_.notify_one();
    std::vector<Rest> left;
    if (works)
      left = work(std::move(rests));
    else
      attempt(std::move(batch));
    lock.lock();
    --busy_;
    --(works ? working_ : attempting_);
    under_way_ -= taken;
    if (owner) end_for(owner);
    if (stopping_) {
      lock.unlock();  // what is left has destructors of its own
      return;
    }
    rests_.insert(rests_.begin(), std::move_iterator(left.begin()), std::move_iterator(left.end()));
    recall();
  }
}

// Requires the lock.
unsigned WorkerPool::workers_of(void const* owner) const {
  auto const found = find_owner(working_for_, owner);
  return found == working_for_.end() ? 0 : found->second;
}

// Requires the lock, and a worker that is free.
bool WorkerPool::may_work(Rest const& rest) const {
  return working_ + spare_ < max_working_ || workers_of(rest.work->owner()) == 0;
}

// Of those that may be worked on: of the owner who has fewest workers, and of such owners the one who has waited
// longest for his turn; of its clients likewise the one who has waited longest, and of that one the oldest. So no
// number of requests makes others wait for more than what is under way. Requires the lock, and that there is one.
std::deque<WorkerPool::Rest>::iterator WorkerPool::next_rest() {
  auto const turn_of = [](auto const& turns, auto const& whose) {
    auto const last = turns.find(whose);
    return last == turns.end() ? std::uint64_t{0} : last->second;
  };
  auto best = rests_.end();
  std::tuple<unsigned, std::uint64_t, std::uint64_t> best_rank;
  std::map<void const*, std::pair<unsigned, std::uint64_t>> owners;  // that may work, with their ranks
  std::optional<std::uint64_t> client;                               // of the one before, who has often sent several
  std::uint64_t turn_of_client = 0;
  for (auto each = rests_.begin(); each != rests_.end(); ++each) {
    auto const* const owner = each->work->owner();
    std::pair<unsigned, std::uint64_t> of_owner{};
    if (owner != nullptr) {
      if (!may_work(*each)) continue;
      auto const [known, is_new] = owners.try_emplace(owner);
      if (is_new) known->second = {workers_of(owner), turn_of(last_turns_, owner)};
      of_owner = known->second;
    }
    if (client != each->client) {
      client = each->client;
      turn_of_client = turn_of(client_turns_, each->client);
    }
    auto const rank = std::tuple(of_owner.first, of_owner.second, turn_of_client);
    if (best == rests_.end() || rank < best_rank) {
      best = each;
      best_rank = rank;
    }
    if (owner == nullptr && std::get<2>(best_rank) == 0) break;  // nobody comes before a client that had no turn yet
  }
  return best;
}

// The next, and its pipeline of those close behind it. Requires the lock.
std::vector<WorkerPool::Rest> WorkerPool::take_work() {
  std::vector<Rest> taken;
  auto next = next_rest();
  ++turns_;
  if (auto const* const owner = next->work->owner()) last_turns_[owner] = turns_;
  if (client_turns_.size() >= most_known_clients) client_turns_.clear();
  client_turns_[next->client] = turns_;
  taken.push_back(std::move(*next));
  next = rests_.erase(next);
  auto const* const pipeline = taken.front().work->pipeline();
  for (auto looks = 4 * max_pipeline; pipeline && looks > 0 && taken.size() < max_pipeline && next != rests_.end();
       --looks) {
    if (next->work->pipeline() == pipeline) {
      taken.push_back(std::move(*next));
      next = rests_.erase(next);
    } else {
      ++next;
    }
  }
  return taken;
}

// Requires the lock.
void WorkerPool::begin_for(void const* owner) {
  auto const found = find_owner(working_for_, owner);
  if (found == working_for_.end())
    working_for_.emplace_back(owner, 1);
  else
    ++found->second;
}

// Requires the lock.
void WorkerPool::end_for(void const* owner) {
  auto const found = find_owner(working_for_, owner);
  if (--found->second == 0) working_for_.erase(found);
}

// Those whose work has ended become arrivals again; all do where there is no work that they could wait for. Requires
// the lock.
void WorkerPool::recall() {
  bool const is_over = busy_ == 0 && rests_.empty();
  auto const recalled = std::stable_partition(
      waiting_.begin(), waiting_.end(), [&](Waiting const& waiting) { return !is_over && !waiting.work.expired(); });
  for (auto each = recalled; each != waiting_.end(); ++each) arrivals_.push_back(std::move(each->arrival));
  waiting_.erase(recalled, waiting_.end());
}

void WorkerPool::attempt(std::vector<Arrival> batch) {
  Batch together;
  std::vector<Rest> rests;
  std::vector<Waiting> waiting;
  for (auto& arrival : batch) {
    if (arrival.connection.expired()) continue;  // the client left while this was queued
    auto const* request = std::get_if<Request>(&arrival.task);
    if (!request) {
      post_answer(arrival.connection, application_.refuse(std::get<Error>(arrival.task)));
      continue;
    }
    auto attempt = application_.attempt(*request, together, !arrival.has_waited);
    if (auto* reply = std::get_if<Reply>(&attempt)) {
      post_answer(arrival.connection, std::move(*reply));
    } else if (auto* work = std::get_if<std::unique_ptr<Work>>(&attempt)) {
      rests.push_back({std::move(arrival.connection), std::move(*work), request->client});
    } else {
      arrival.has_waited = true;
      waiting.push_back({std::move(arrival), std::move(std::get<InProgress>(attempt).work)});
    }
  }
  if (!waiting.empty()) {
    std::lock_guard const lock(mutex_);
    if (!stopping_) std::move(waiting.begin(), waiting.end(), std::back_inserter(waiting_));
  }
  if (rests.empty()) return;
  for (auto const& rest : keep_what_fits(std::move(rests))) {
    post_answer(rest.connection,
                application_.refuse({Code::overloaded, "the server has too much to do", "try again soon"}));
  }
}

// Queues what the limit allows; returns what does not fit, and what nobody waits for. To be destroyed without the lock:
// a Work has destructors of its own.
std::vector<WorkerPool::Rest> WorkerPool::keep_what_fits(std::vector<Rest> rests) {
  std::vector<Rest> others;
  std::lock_guard const lock(mutex_);
  if (stopping_) return others;
  if (rests_.size() + under_way_ + rests.size() > max_work_) {
    // Clients that lost their patience leave their places to those who still wait.
    auto const left = std::stable_partition(rests_.begin(), rests_.end(),
                                            [](Rest const& rest) { return !rest.connection.expired(); });
    std::move(left, rests_.end(), std::back_inserter(others));
    rests_.erase(left, rests_.end());
  }
  for (auto& rest : rests) {
    if (rests_.size() + under_way_ < max_work_) {
      rests_.push_back(std::move(rest));
    } else if (auto const place = place_for(rest); place != rests_.end()) {
      others.push_back(std::exchange(*place, std::move(rest)));
      ++shed_;
    } else {
      others.push_back(std::move(rest));
      ++shed_;
    }
  }
  return others;
}

// Whose work fills the queue gives places up to those who have less there: an owner to others, and a client to others
// of the same owner; the one that came last. Requires the lock.
std::deque<WorkerPool::Rest>::iterator WorkerPool::place_for(Rest const& newcomer) {
  auto const owner_of = [](Rest const& rest) { return rest.work->owner(); };
  auto const client_of = [](Rest const& rest) { return rest.client; };
  // The last of whoever has most, if that is more than what the newcomer would have.
  auto const last_of_most = [&](auto const& whose, auto const& counts) {
    std::map<std::decay_t<decltype(whose(newcomer))>, std::size_t> queued;
    for (auto const& rest : rests_)
      if (counts(rest)) ++queued[whose(rest)];
    auto const most = std::ranges::max_element(queued, {}, [](auto const& entry) { return entry.second; });
    auto const own = queued.find(whose(newcomer));
    if (most == queued.end() || (own != queued.end() && own->second + 1 >= most->second)) return rests_.end();
    auto const last = std::find_if(rests_.rbegin(), rests_.rend(),
                                   [&](Rest const& rest) { return counts(rest) && whose(rest) == most->first; });
    return std::prev(last.base());
  };
  auto const place = last_of_most(owner_of, [](Rest const&) { return true; });
  if (place != rests_.end()) return place;
  return last_of_most(client_of, [&](Rest const& rest) { return owner_of(rest) == owner_of(newcomer); });
}

// Returns what has lost its pipeline before it was begun.
std::vector<WorkerPool::Rest> WorkerPool::work(std::vector<Rest> rests) {
  std::erase_if(rests, [](Rest const& rest) { return rest.connection.expired(); });
  auto begun = rests.size();
  if (rests.size() > 1) {
    std::vector<Work*> all;
    all.reserve(rests.size());
    for (auto const& rest : rests) all.push_back(rest.work.get());
    begun = rests.front().work->begin(all);
  }
  auto const end = rests.begin() + static_cast<std::ptrdiff_t>(begun);
  for (auto each = rests.begin(); each != end; ++each) {
    post_answer(each->connection, each->work->run());
    each->work.reset();  // the work ends here: those who wait for it are called after that
  }
  return {std::move_iterator(end), std::move_iterator(rests.end())};
}

}  // namespace restapi::http
