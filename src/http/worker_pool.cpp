// SPDX-License-Identifier: MIT
#include "http/worker_pool.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <map>
#include <new>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>

#include "http/answer_event.hpp"

namespace restapi::http {
namespace {

// Of the workers that run jobs, one in so many is reserved for owners who have none.
constexpr unsigned workers_per_spare = 4;

constexpr std::chrono::milliseconds until_there_may_be_memory{10};

auto find_owner(auto& working_for, void const* owner) {
  return std::find_if(working_for.begin(), working_for.end(), [&](auto const& entry) { return entry.first == owner; });
}

}  // namespace

void LateAnswer::give(Reply reply) const { post_answer(connection_, std::move(reply)); }

WorkerPool::WorkerPool(unsigned workers, std::size_t max_jobs, Application& application)
    : application_(application),
      max_working_(std::max(least_workers, workers) - 1),
      spare_((max_working_ + workers_per_spare - 1) / workers_per_spare),
      max_attempting_(std::max(1u, workers / workers_per_attempting)),
      max_jobs_(max_jobs) {
  workers = std::max(least_workers, workers);
  threads_.reserve(workers);
  try {
    for (unsigned i = 0; i < workers; ++i) threads_.emplace_back([this] { run(); });
  } catch (...) {  // no more threads
    stop();
    throw;
  }
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
  return {requests_, shed_, arrivals_.size() + jobs_.size() + waiting_.size(), running_jobs_};
}

void WorkerPool::stop() {
  {
    std::lock_guard const lock(mutex_);
    stopping_ = true;
    arrivals_.clear();
    jobs_.clear();
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
    std::vector<Job> jobs;
    std::size_t taken = 0;
    void const* owner = nullptr;
    // Attempts go first; but if no other worker runs jobs, they take turns with jobs, which an endless stream of
    // attempts would starve.
    bool const works = can_run() && (!can_attempt() || (working_ == 0 && is_turn_of_jobs_));
    try {  // without memory nothing is taken
      working_for_.reserve(working_for_.size() + 1);
      if (works)
        jobs = take_jobs();
      else
        batch.reserve(std::min(max_batch, arrivals_.size()));
    } catch (std::bad_alloc const&) {
      changed_.wait_for(lock, until_there_may_be_memory);
      continue;
    }
    is_turn_of_jobs_ = !works;
    if (!works) {
      ++attempting_;
      auto const end = arrivals_.begin() + static_cast<std::ptrdiff_t>(std::min(max_batch, arrivals_.size()));
      batch.assign(std::move_iterator(arrivals_.begin()), std::move_iterator(end));
      arrivals_.erase(arrivals_.begin(), end);
    } else {
      taken = jobs.size();
      ++working_;
      running_jobs_ += taken;
      owner = jobs.front().work->owner();
      if (owner) begin_for(owner);
    }
    ++busy_;
    bool const wake = wake_another();
    lock.unlock();
    if (wake) changed_.notify_one();
    std::vector<Job> left;
    if (works)
      left = run_jobs(std::move(jobs));
    else
      attempt(std::move(batch));
    lock.lock();
    --busy_;
    --(works ? working_ : attempting_);
    running_jobs_ -= taken;
    if (owner) end_for(owner);
    if (stopping_) {
      lock.unlock();  // before `left` is destroyed: destructors of Work are not ours
      return;
    }
    jobs_.insert(jobs_.begin(), std::move_iterator(left.begin()), std::move_iterator(left.end()));
    requeue_waiting();
  }
}

// Requires the lock.
unsigned WorkerPool::workers_of(void const* owner) const {
  auto const found = find_owner(working_for_, owner);
  return found == working_for_.end() ? 0 : found->second;
}

// Requires the lock, and a worker that is free.
bool WorkerPool::may_run(Job const& job) const {
  return working_ + spare_ < max_working_ || workers_of(job.work->owner()) == 0;
}

// Of the jobs that may run: those of the owner with fewest workers, and among such owners of the one whose last turn
// was longest ago; of these, the one that has waited longest since it was queued, or since its client had a turn. So
// however many requests somebody sends, others wait for one of them at most; and whoever waits waits for nobody who
// comes later, be it under ever new addresses. Requires the lock, and that one may run.
std::deque<WorkerPool::Job>::iterator WorkerPool::next_job() {
  auto const turn_of = [](auto const& turns, auto const& whose) {
    auto const last = turns.find(whose);
    return last == turns.end() ? std::uint64_t{0} : last->second;
  };
  auto best = jobs_.end();
  std::tuple<unsigned, std::uint64_t, std::uint64_t> best_rank;      // the last: since when it has waited
  std::map<void const*, std::pair<unsigned, std::uint64_t>> owners;  // whose jobs may run, with their ranks
  std::optional<std::uint64_t> client;  // of the job before: a client has often sent several
  std::uint64_t turn_of_client = 0;
  for (auto each = jobs_.begin(); each != jobs_.end(); ++each) {
    auto const* const owner = each->work->owner();
    std::pair<unsigned, std::uint64_t> of_owner{};
    if (owner != nullptr) {
      if (!may_run(*each)) continue;
      auto const [known, is_new] = owners.try_emplace(owner);
      if (is_new) known->second = {workers_of(owner), turn_of(last_turns_, owner)};
      of_owner = known->second;
    }
    if (client != each->client) {
      client = each->client;
      turn_of_client = turn_of(client_turns_, each->client);
    }
    auto const rank = std::tuple(of_owner.first, of_owner.second, std::max(turn_of_client, each->queued_at));
    if (best == jobs_.end() || rank < best_rank) {
      best = each;
      best_rank = rank;
    }
    if (owner == nullptr && each->queued_at >= std::get<2>(best_rank)) break;  // so have all that were queued later
  }
  return best;
}

// The next job, and those of the same pipeline close behind it. Requires the lock.
std::vector<WorkerPool::Job> WorkerPool::take_jobs() {
  std::vector<Job> taken;
  taken.reserve(max_pipeline);
  auto next = next_job();
  ++turns_;
  if (auto const* const owner = next->work->owner()) last_turns_[owner] = turns_;
  if (client_turns_.size() >= most_known_clients) client_turns_.clear();
  client_turns_[next->client] = turns_ + 1;  // behind whoever is queued before the next turn
  taken.push_back(std::move(*next));
  next = jobs_.erase(next);
  auto const* const pipeline = taken.front().work->pipeline();
  for (auto looks = 4 * max_pipeline; pipeline && looks > 0 && taken.size() < max_pipeline && next != jobs_.end();
       --looks) {
    if (next->work->pipeline() == pipeline) {
      taken.push_back(std::move(*next));
      next = jobs_.erase(next);
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

// Requests whose job has ended are queued for an attempt again; all of them, if there is no job that they could wait
// for. Requires the lock.
void WorkerPool::requeue_waiting() {
  bool const is_over = busy_ == 0 && jobs_.empty();
  auto const ended = std::stable_partition(waiting_.begin(), waiting_.end(),
                                           [&](Waiting const& waiting) { return !is_over && !waiting.work.expired(); });
  for (auto each = ended; each != waiting_.end(); ++each) arrivals_.push_back(std::move(each->arrival));
  waiting_.erase(ended, waiting_.end());
}

void WorkerPool::attempt(Arrival& arrival, Batch& together, std::vector<Job>& jobs, std::vector<Waiting>& waiting) {
  if (arrival.connection.expired()) return;  // the client left while this was queued
  auto const* request = std::get_if<Request>(&arrival.task);
  if (!request) return post_answer(arrival.connection, application_.refuse(std::get<Error>(arrival.task)));
  if (auto reply = arrival.reply ? arrival.reply->get() : std::nullopt)
    return post_answer(arrival.connection, *std::move(reply));
  auto attempt = application_.attempt(*request, together, !arrival.has_waited);
  if (auto* reply = std::get_if<Reply>(&attempt)) {
    post_answer(arrival.connection, std::move(*reply));
  } else if (auto* work = std::get_if<std::unique_ptr<Work>>(&attempt)) {
    jobs.reserve(max_batch);  // before anything is moved there
    jobs.push_back({std::move(arrival.connection), std::move(*work), request->client});
  } else if (auto const* later = std::get_if<Later>(&attempt)) {
    net::Connection::post(arrival.connection, std::make_unique<AnswersLater>(later->ends_with_client));
    later->begin(LateAnswer(std::move(arrival.connection)));
  } else {
    waiting.reserve(max_batch);
    auto& other = std::get<InProgress>(attempt);
    arrival.has_waited = true;
    arrival.reply = std::move(other.reply);
    waiting.push_back({std::move(arrival), std::move(other.work)});
  }
}

void WorkerPool::attempt(std::vector<Arrival> batch) {
  Batch together;
  std::vector<Job> jobs;
  std::vector<Waiting> waiting;
  for (auto& arrival : batch) {
    try {
      attempt(arrival, together, jobs, waiting);
    } catch (std::bad_alloc const&) {
      net::Connection::abandon(arrival.connection);
    }
  }
  if (!waiting.empty()) {
    std::lock_guard const lock(mutex_);
    if (!stopping_) std::move(waiting.begin(), waiting.end(), std::back_inserter(waiting_));
  }
  if (jobs.empty()) return;
  for (auto const& job : enqueue(std::move(jobs))) {
    post_answer(job.connection,
                application_.refuse({Code::overloaded, "the server has too much to do", "try again soon"}));
  }
}

// Queues as many jobs as the limit allows. Returns those that are rejected, and those whose client has left; they are
// destroyed without the lock, because destructors of Work are not ours.
std::vector<WorkerPool::Job> WorkerPool::enqueue(std::vector<Job> jobs) {
  std::vector<Job> rejected;
  std::lock_guard const lock(mutex_);
  if (stopping_) return rejected;
  if (jobs_.size() + running_jobs_ + jobs.size() > max_jobs_) {
    // Jobs whose client has lost patience make room first.
    auto const left =
        std::stable_partition(jobs_.begin(), jobs_.end(), [](Job const& job) { return !job.connection.expired(); });
    std::move(left, jobs_.end(), std::back_inserter(rejected));
    jobs_.erase(left, jobs_.end());
  }
  for (auto& job : jobs) {
    job.queued_at = turns_;
    if (jobs_.size() + running_jobs_ < max_jobs_) {
      jobs_.push_back(std::move(job));
    } else if (auto const place = job_to_displace_for(job); place != jobs_.end()) {
      rejected.push_back(std::move(*place));
      jobs_.erase(place);
      jobs_.push_back(std::move(job));
      ++shed_;
    } else {
      rejected.push_back(std::move(job));
      ++shed_;
    }
  }
  return rejected;
}

// The job that is rejected in place of `newcomer`: the last one of the owner with most jobs in the queue, or, of the
// newcomer's own owner, of the client with most. None (the end): the newcomer would have as many. Requires the lock.
std::deque<WorkerPool::Job>::iterator WorkerPool::job_to_displace_for(Job const& newcomer) {
  auto const owner_of = [](Job const& job) { return job.work->owner(); };
  auto const client_of = [](Job const& job) { return job.client; };
  // The last job of whoever has most, if these are more than the newcomer would have.
  auto const last_of_most = [&](auto const& whose, auto const& counts) {
    std::map<std::decay_t<decltype(whose(newcomer))>, std::size_t> queued;
    for (auto const& job : jobs_)
      if (counts(job)) ++queued[whose(job)];
    auto const most = std::ranges::max_element(queued, {}, [](auto const& entry) { return entry.second; });
    auto const own = queued.find(whose(newcomer));
    if (most == queued.end() || (own != queued.end() && own->second + 1 >= most->second)) return jobs_.end();
    auto const last = std::find_if(jobs_.rbegin(), jobs_.rend(),
                                   [&](Job const& job) { return counts(job) && whose(job) == most->first; });
    return std::prev(last.base());
  };
  auto const place = last_of_most(owner_of, [](Job const&) { return true; });
  if (place != jobs_.end()) return place;
  return last_of_most(client_of, [&](Job const& job) { return owner_of(job) == owner_of(newcomer); });
}

// Returns the jobs that could not begin with their pipeline.
std::vector<WorkerPool::Job> WorkerPool::run_jobs(std::vector<Job> jobs) {
  std::erase_if(jobs, [](Job const& job) { return job.connection.expired(); });
  auto begun = jobs.size();
  if (jobs.size() > 1) {
    std::vector<Work*> all;
    all.reserve(jobs.size());
    for (auto const& job : jobs) all.push_back(job.work.get());
    begun = jobs.front().work->begin(all);
  }
  auto const end = jobs.begin() + static_cast<std::ptrdiff_t>(begun);
  for (auto each = jobs.begin(); each != end; ++each) {
    post_answer(each->connection, each->work->run());
    each->work.reset();  // the job ends here: requests that wait for it are queued again after that
  }
  return {std::move_iterator(end), std::move_iterator(jobs.end())};
}

}  // namespace restapi::http
