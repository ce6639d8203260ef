// SPDX-License-Identifier: MIT
#include "api/attempt.hpp"

#include <utility>

#include "api/conditional.hpp"
#include "api/methods.hpp"
#include "api/reading.hpp"
#include "http/preferences.hpp"
#include "http/public_address.hpp"
#include "http/target.hpp"

namespace restapi::api {

Service::Attempting::Attempting(Service& service, http::Request const& request, Mount mount, http::Batch& batch,
                                bool may_wait)
    : service_(service),
      request_(request),
      mount_(mount),
      may_wait_(may_wait),
      findings_(batch.of<Findings>(&service)),
      trace_{.profile = service.store_.name()},
      sent_(std::string_view(request.target).substr(mount.length)),
      api_(version_of(service.options_.versions, http::path_of(sent_))),
      representation_(representation_of(request, service.access_, api_.formats())),
      if_none_match_(if_none_match_of(request)),
      address_(service.address_of(request, mount)) {
  if (request.arrived != Clock::time_point()) trace_.stages.queue = begin_ - request.arrived;
}

http::Attempt Service::Attempting::run() {
  for (auto const step :
       {&Attempting::admit, &Attempting::open, &Attempting::find_cached, &Attempting::prepare, &Attempting::take_off})
    if (auto outcome = (this->*step)()) return *std::move(outcome);
  return read();
}

Service::Attempting::Step Service::Attempting::admit() {
  auto const methods = api_.accepts(http::path_of(sent_)).methods;
  if (auto const error = refusal_of(request_, representation_, service_.access_, methods, api_.formats()))
    return now(api::refused(service_.report(api_, *error, {}, as_sent()), methods));
  if (request_.method == "OPTIONS")
    return now(service_.access_.preflight(request_, methods.empty() ? reading_methods : methods));
  return std::nullopt;
}

Service::Attempting::Step Service::Attempting::open() {
  auto& store = service_.store_;
  if (!findings_.opened) findings_.opened = store.use();
  if (findings_.opened && findings_.opened->store->is_outdated()) {
    store.retire(*findings_.opened);
    findings_.opened = store.use();
    findings_.version.reset();
  }
  if (findings_.opened) return std::nullopt;
  if (!findings_.not_opened) findings_.not_opened = store.refusal();
  if (findings_.not_opened) return refused(*findings_.not_opened);
  return service_.open_first(request_, mount_, may_wait_);
}

// The database is asked for its version only where that can be of use.
Service::Attempting::Step Service::Attempting::find_cached() {
  auto& memory = *service_.memory_;
  if (!memory.caches) return std::nullopt;
  auto const root = address_.root();
  bool const is_read = api::is_read(request_.method);
  key_ = CacheKey{.format = representation_.format->name,
                  .origin = representation_.origin,
                  .gzip = representation_.packed,
                  .profile = service_.store_.name(),
                  .root = root,
                  .target = sent_,
                  .method = is_read ? std::string_view() : request_.method,
                  .body = is_read ? std::string_view() : request_.body.text()}
             .text();
  auto const version = memory.answers.contains(key_) ? service_.version(findings_, trace_) : std::nullopt;
  auto const answer = version ? memory.answers.find(key_, *version) : nullptr;
  if (!answer) return std::nullopt;
  trace_.origin = http::Origin::cached;
  trace_.route = answer->route;
  return http::Reply(unless_known(answer->response, if_none_match_), std::move(trace_));
}

Service::Attempting::Step Service::Attempting::prepare() {
  auto target = http::read_target(sent_);
  if (!target) return refused(target.error());
  target_ = *std::move(target);
  auto const& store = *findings_.opened->store;
  auto prepared = api_.prepare({request_.method, *target_, request_.body.text(), representation_.format},
                               store.catalog(), service_.options_.policy, store.dialect());
  if (std::holds_alternative<NoEndpoint>(prepared.outcome))
    return now(in_format(api_.no_such_route(address_.root(), target_->segments), representation_.format, nullptr, sent_,
                         address_));
  trace_.route = prepared.route;
  if (auto const* error = std::get_if<Error>(&prepared.outcome)) return refused(*error, target_->query);
  if (auto* answer = std::get_if<Answer>(&prepared.outcome)) {
    AnswerLimits none;
    return now(
        service_.respond(api_, *representation_.format, std::move(*answer), *target_, address_, as_sent(), none));
  }
  pending_ = std::get<std::unique_ptr<PendingRead>>(std::move(prepared.outcome));
  return std::nullopt;
}

Service::Attempting::Step Service::Attempting::take_off() {
  auto& memory = *service_.memory_;
  if (pending_->streamed() || pending_->gives_file()) return std::nullopt;  // too long to be kept
  // Of no use to others, so no version is needed. Whoever has an answer may still have the right one.
  bool const is_aged =
      pending_->has_aged_total(service_.totals_, findings_.opened->store->dialect(), findings_.opened->id) &&
      !wants_exact_total();
  if (is_aged && if_none_match_.empty()) return join();
  if (memory.caches) version_ = service_.version(findings_, trace_);
  if (!version_) return join();
  // The client has the answer of this very version, even if we have forgotten it.
  if (auto const etag = etag_of(key_, *version_, pending_->entities());
      names_etag(if_none_match_, etag) && if_none_match_ != "*")
    return now(http::Response{304, {{"ETag", etag}}, {}});
  if (is_aged) return std::nullopt;
  flight_ = memory.being_made.begin(key_);
  if (!flight_ && may_wait_) return http::InProgress{memory.being_made.find(key_)};
  return std::nullopt;
}

Service::Attempting::Step Service::Attempting::join() {
  if (key_.empty() || !may_wait_ || !if_none_match_.empty()) return std::nullopt;
  http::InProgress joined;
  joint_ = service_.memory_->joint.join(wants_exact_total() ? key_ + "exact" : key_, joined);
  if (!joint_) return joined;
  return std::nullopt;
}

http::Attempt Service::Attempting::read() {
  end_planning();
  auto reading = std::make_unique<Reading>(service_, request_, findings_.opened,
                                           Reading::Plan{representation_, *std::move(target_), std::move(address_),
                                                         api_, std::move(pending_), wants_exact_total(), mount_.length},
                                           std::move(trace_));
  if (joint_) reading->share_with(std::move(joint_));
  if (version_) reading->cache_as(*std::move(version_), std::move(key_), std::move(flight_));
  return reading;
}

bool Service::Attempting::wants_exact_total() const { return http::preferences_of(request_.headers).exact_count; }

Service::Sent Service::Attempting::as_sent() const {
  return {request_.id, request_.target, representation_.format, mount_.length, &address_};
}

http::Reply Service::Attempting::now(http::Response response) {
  auto finished = finish(std::move(response), representation_, service_.access_);
  end_planning();
  return {std::move(finished), std::move(trace_)};
}

http::Reply Service::Attempting::refused(Error const& error, std::string_view query) {
  if (error.code == Code::store_unavailable) trace_.store_error = error.code;
  return now(service_.report(api_, error, query, as_sent()));
}

void Service::Attempting::end_planning() { trace_.stages.plan = Clock::now() - begin_ - trace_.in_statements(); }

}  // namespace restapi::api
