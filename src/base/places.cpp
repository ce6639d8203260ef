// SPDX-License-Identifier: MIT
#include "base/places.hpp"

#include <algorithm>
#include <utility>

namespace restapi {

Places::Place::Place(std::shared_ptr<Places> places, std::uint64_t client)
    : places_(std::move(places)), client_(client) {}

Places::Place::~Place() {
  std::lock_guard const lock(places_->mutex_);
  auto const found = places_->by_client_.find(client_);
  // Another one has got it; or there was no memory to note it.
  if (found == places_->by_client_.end() || std::erase(found->second, this) == 0) return;
  --places_->taken_;
  if (found->second.empty()) places_->by_client_.erase(found);
}

void Places::Place::on_displaced(std::function<void()> leave) {
  {
    std::lock_guard const lock(places_->mutex_);
    if (!is_displaced_) {
      leave_ = std::move(leave);
      return;
    }
  }
  leave();
}

/// Of the client that has most, and at least two more than this one; or null.
std::vector<Places::Place*>* Places::most_of(std::uint64_t client) {
  auto const own = by_client_.find(client);
  auto const least = (own == by_client_.end() ? 0 : own->second.size()) + 2;
  auto const most = std::ranges::max_element(by_client_, {}, [](auto const& one) { return one.second.size(); });
  return most != by_client_.end() && most->second.size() >= least ? &most->second : nullptr;
}

std::unique_ptr<Places::Place> Places::take(std::uint64_t client) {
  std::function<void()> leave;
  std::unique_ptr<Place> place;
  {
    std::lock_guard const lock(mutex_);
    if (taken_ >= size_) {
      auto* const most = most_of(client);
      if (most == nullptr) return nullptr;
      auto& displaced = *most->back();
      most->pop_back();
      displaced.is_displaced_ = true;
      leave = std::exchange(displaced.leave_, nullptr);
      --taken_;
    }
    place = std::make_unique<Place>(shared_from_this(), client);
    by_client_[client].push_back(place.get());
    ++taken_;
  }
  if (leave) leave();
  return place;
}

}  // namespace restapi
