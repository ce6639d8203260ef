// SPDX-License-Identifier: MIT
#include "store/sqlite/followed_file.hpp"

#include <fmt/format.h>
#include <soci/error.h>
#include <spdlog/spdlog.h>

#include <array>
#include <thread>
#include <utility>

namespace restapi::store {
namespace {

constexpr std::array<std::chrono::milliseconds, 3> pauses{std::chrono::milliseconds{0}, std::chrono::milliseconds{5},
                                                          std::chrono::milliseconds{25}};

}  // namespace

FollowedFile::FollowedFile(std::string path, std::string name, Open open, Look look, std::function<void()> renew)
    : path_(std::move(path)),
      name_(std::move(name)),
      open_(std::move(open)),
      look_(std::move(look)),
      renew_(std::move(renew)) {}

void FollowedFile::serve(std::optional<ServedFile> seen) { served_ = opened_ = seen; }

std::optional<std::string> FollowedFile::why_not_served(std::chrono::milliseconds limit) {
  auto const seen = find_served_file(path_);
  std::unique_lock lock(mutex_);
  if (!looked_.wait_for(lock, limit, [this] { return !is_looking_; }))
    return "another file has taken its place and is not readable yet";
  if (seen && served_ && seen->has_same_content(*served_)) return std::nullopt;
  bool const was_of_no_use = !std::exchange(served_, std::nullopt);
  is_looking_ = true;
  lock.unlock();  // looking takes time
  auto const now = find_served_file(path_);
  bool const is_another = now && opened_ && !now->is_same_file(*opened_);
  if (!now || is_another || was_of_no_use) renew_();
  auto reason = now ? look_into(limit) : "the file is gone: there is no regular file of its name";
  lock.lock();
  if (!reason) served_ = opened_ = now;
  is_looking_ = false;
  looked_.notify_all();
  lock.unlock();
  if (!reason && is_another) spdlog::warn("{}: the file was replaced; the new one is served", name_);
  return reason;
}

// A writer may be at work, who seems to have crashed to whoever meets its journal at the wrong moment.
std::optional<std::string> FollowedFile::look_into(std::chrono::milliseconds limit) const {
  std::string reason;
  for (auto const pause : pauses) {
    std::this_thread::sleep_for(pause);
    try {
      look_(*open_(), limit);
      return std::nullopt;
    } catch (soci::soci_error const& error) {
      reason = error.get_error_message();
    } catch (std::exception const& failure) {  // no memory: somebody else may look
      return failure.what();
    }
  }
  return reason;
}

// SQLite counts changes from the opening of a connection on, so the number of openings belongs to it.
std::string FollowedFile::version(sql::Statement const& statement, std::chrono::milliseconds limit) {
  std::lock_guard const lock(version_mutex_);
  if (!version_connection_) {
    version_connection_ = open_();
    ++version_connections_;
  }
  try {
    auto const rows = version_connection_->read(statement, {limit});
    return fmt::format("{} {} {}", rows.at(0, 0).value_or(""), version_connection_->times_renewed(),
                       version_connections_);
  } catch (soci::soci_error const&) {
    version_connection_.reset();
    throw;
  }
}

}  // namespace restapi::store
