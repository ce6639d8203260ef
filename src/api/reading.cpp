// SPDX-License-Identifier: MIT
#include "api/reading.hpp"

#include <spdlog/spdlog.h>

#include <utility>
#include <vector>

#include "api/conditional.hpp"
#include "api/file_reply.hpp"
#include "api/request_store.hpp"
#include "api/streamed_rows.hpp"
#include "http/preferences.hpp"
#include "store/failures.hpp"

namespace restapi::api {

Service::Reading::Reading(Service& service, http::Request const& request, Opened const& opened, Plan plan,
                          http::Trace trace)
    : service_(service),
      planned_for_(opened),
      pipeline_(opened.get()),
      plan_(std::move(plan)),
      method_(request.method),
      body_(request.body),
      sent_id_(request.id),
      sent_target_(request.target),
      mount_(plan_.mount),
      if_none_match_(if_none_match_of(request)),
      asked_(plan_.pending->gives_file() ? http::Request{request.method, {}, request.headers, {}} : http::Request()),
      gone_(request.gone),
      is_pipelined_(plan_.pending->first() && opened->store->reads_together()),
      trace_(std::move(trace)) {
  trace_.origin = http::Origin::read;
}

void Service::Reading::cache_as(store::Version version, std::string key,
                                std::shared_ptr<SingleFlight<KeyedHash>::Flight> flight) {
  version_ = std::move(version);
  key_ = std::move(key);
  flight_ = std::move(flight);
}

http::Reply Service::Reading::run() {
  auto const begin = Clock::now();
  trace_.stages.queue += begin - waiting_since_;
  auto const before = trace_.in_statements();
  if (plan_.pending->streamed()) return guarded(&Reading::stream);
  if (plan_.pending->gives_file()) return guarded(&Reading::file);
  if (joint_) joint_->begin();
  auto response = read();
  if (joint_ && !gone_.stop_requested())
    joint_->share({response,
                   {.route = trace_.route,
                    .origin = http::Origin::cached,
                    .store_error = trace_.store_error,
                    .profile = trace_.profile}});
  trace_.stages.render = Clock::now() - begin - (trace_.in_statements() - before);
  return {std::move(response), std::move(trace_)};
}

std::size_t Service::Reading::begin(std::span<http::Work* const> all) {
  std::size_t begun = 0;
  try {
    std::vector<Reading*> readings;
    std::vector<sql::Statement const*> statements;
    readings.reserve(all.size());
    statements.reserve(all.size());
    auto const opened = planned_for_.lock();
    bool is_one = opened != nullptr;
    for (auto* const work : all) {
      auto& reading = dynamic_cast<Reading&>(*work);  // nothing else has an opened store for a pipeline
      reading.is_pipelined_ = false;
      // Another store may have taken the place in memory of one that was closed.
      is_one = is_one && reading.planned_for_.lock() == opened;
      if (!is_one) continue;
      if (reading.joint_) reading.joint_->begin();
      readings.push_back(&reading);
      statements.push_back(&*reading.plan_.pending->first());
    }
    if (!opened) return 0;
    auto const begin = Clock::now();
    auto rows = opened->store->read_together(statements);
    auto const end = Clock::now();
    for (; begun < rows.size(); ++begun) readings[begun]->take(std::move(rows[begun]), begin, end);
  } catch (std::exception const& failure) {
    spdlog::warn("requests are read one by one: {}", failure.what());
  }
  return begun;
}

// What the first statement has brought.
void Service::Reading::take(store::Rows rows, Clock::time_point begin, Clock::time_point end) {
  trace_.statements.push_back({plan_.pending->first()->name(), end - begin});
  trace_.stages.queue += begin - waiting_since_;
  waiting_since_ = end;
  rows_ = std::move(rows);
}

http::SharedResponse Service::Reading::read() {
  auto const sent = as_sent();
  auto const& origin = plan_.representation.origin;
  try {
    AnswerLimits limits(service_.memory_->for_answers, service_.options_.writing_timeout, gone_);
    auto const answered = answer(limits);
    // Perhaps only now, for want of memory or of room on the disk.
    bool const is_too_large = !answered && answered.error().code == Code::answer_too_large;
    auto response = finish(
        service_.respond(plan_.api, *plan_.representation.format, answered, plan_.target, plan_.address, sent, limits),
        plan_.representation, service_.access_, limits);
    return is_too_large ? http::SharedResponse(std::move(response)) : cached(std::move(response));
  } catch (Interrupted const& interrupted) {
    if (interrupted.error.code == Code::store_too_slow) trace_.store_error = interrupted.error.code;
    return finish(service_.report(plan_.api, interrupted.error, plan_.target.query, sent), {.origin = origin},
                  service_.access_);
  } catch (std::bad_alloc const&) {
    return service_.without_memory_;
  } catch (std::exception const& failure) {
    return service_.failed(failure.what(), sent, origin);
  } catch (...) {
    return service_.failed("unknown exception", sent, origin);
  }
}

Service::Sent Service::Reading::as_sent() const {
  return {sent_id_, sent_target_, plan_.representation.format, mount_, &plan_.address};
}

/// What is sent as it comes. What is thrown before is an answer as any other.
http::Reply Service::Reading::guarded(http::Reply (Reading::*make)()) {
  auto const sent = as_sent();
  auto const& origin = plan_.representation.origin;
  try {
    return (this->*make)();
  } catch (Interrupted const& interrupted) {
    return {finish(service_.report(plan_.api, interrupted.error, plan_.target.query, sent), {.origin = origin},
                   service_.access_),
            std::move(trace_)};
  } catch (std::bad_alloc const&) {
    return service_.without_memory_;
  } catch (std::exception const& failure) {
    return service_.failed(failure.what(), sent, origin);
  } catch (...) {
    return service_.failed("unknown exception", sent, origin);
  }
}

// The first rows are read here: what fails then is an error as any other.
http::Reply Service::Reading::stream() {
  auto const sent = as_sent();
  auto const& list = *plan_.pending->streamed();
  auto const& format = *plan_.representation.format;
  Representation const form{.origin = plan_.representation.origin};
  auto const refused = [&](Error const& error) {
    if (error.code != Code::overloaded) trace_.store_error = error.code;
    return http::Reply(finish(service_.report(plan_.api, error, plan_.target.query, sent), form, service_.access_),
                       std::move(trace_));
  };
  opened_ = planned_for_.lock();
  if (!opened_) return refused(store::unavailable(service_.store_.name(), "it was closed while this request waited"));
  auto const head = finish(http::Response{200, {{"Content-Type", format.media_type}}, {}}, form, service_.access_);
  if (method_ == "HEAD") return http::streamed(head, nullptr, std::move(trace_));
  auto const begin = Clock::now();
  auto rows = store::stream(opened_->store, list.statement, gone_);
  if (!rows) return refused(rows.error());
  auto first = (*rows)->next();
  trace_.statements.push_back({list.statement.name(), Clock::now() - begin});
  if (!first) return refused(first.error());
  return http::streamed(head,
                        streamed_rows(*std::move(first), *std::move(rows), format.writer(list.projection),
                                      {service_.memory_->for_answers, service_.options_.writing_timeout, gone_}),
                        std::move(trace_));
}

http::Reply Service::Reading::file() {
  auto const sent = as_sent();
  auto const& form = plan_.representation;
  AnswerLimits limits(service_.memory_->for_answers, service_.options_.writing_timeout, gone_);
  auto answered = answer(limits);
  auto const* const file = answered ? std::get_if<File>(&answered->content) : nullptr;
  if (file == nullptr)
    return {finish(service_.respond(plan_.api, *form.format, answered, plan_.target, plan_.address, sent, limits), form,
                   service_.access_, limits),
            std::move(trace_)};
  auto reply = file_reply(*file, asked_, form.origin, service_.access_, trace_, gone_);
  if (reply) return *std::move(reply);
  return {finish(service_.report(plan_.api, reply.error(), plan_.target.query, sent), {.origin = form.origin},
                 service_.access_),
          std::move(trace_)};
}

// What was read is at least as new as the version: under it, nobody finds what is older than it.
http::SharedResponse Service::Reading::cached(http::Response response) {
  bool const may_be_kept = version_ && response.status < 500 && !response.body.file() &&
                           !http::find_header(response.headers, http::total_age_header);
  if (!may_be_kept || !opened_ || !opened_->store->has_versions()) return response;
  auto& answers = service_.memory_->answers;
  if (answers.keeps(response)) response.body.keep({});  // counted there
  if (response.status == 200 && is_read(method_))
    response.headers.add("ETag", etag_of(key_, *version_, plan_.pending->entities()));
  auto const kept = std::make_shared<CachedResponse const>(CachedResponse{std::move(response), trace_.route});
  answers.insert(std::move(key_), *std::move(version_), plan_.pending->entities(), kept);
  return unless_known(kept->response, if_none_match_);
}

Result<Answer> Service::Reading::answer(AnswerLimits& limits) {
  opened_ = planned_for_.lock();
  if (!opened_) {
    // Nothing is opened here: that may take long, and a worker of this profile.
    trace_.store_error = Code::store_unavailable;
    auto closed = store::unavailable(service_.store_.name(), "it was closed for another one while this request waited");
    auto again = service_.store_.use();
    return again ? read_from(std::move(again), std::move(closed), limits) : closed;
  }
  auto answer = read_rows(limits);
  if (answer || answer.error().code != Code::store_unavailable || !opened_->store->is_outdated()) return answer;
  return read_anew(std::move(answer).error(), limits);
}

Result<Answer> Service::Reading::read_rows(AnswerLimits& limits) {
  RequestStore store(*opened_, trace_, gone_, limits);
  auto const& first = plan_.pending->first();
  if (first && !rows_) rows_ = store.read(*first);
  return plan_.pending->read(
      std::exchange(rows_, std::nullopt),
      {store, service_.totals_, version_, plan_.pending->entities(), opened_->id, plan_.wants_exact_total, gone_,
       plan_.target, plan_.address, opened_->store->files(), &limits});
}

/// The request was planned for tables that have changed since: it is planned once more, for those that there are now.
Result<Answer> Service::Reading::read_anew(Error error, AnswerLimits& limits) {
  service_.store_.retire(*opened_);
  auto opened = service_.store_.open();
  if (!opened) return std::move(opened).error();
  if (*opened == opened_) return error;  // that was tried a moment ago
  return read_from(*std::move(opened), std::move(error), limits);
}

/// Planned again. `error`: where it cannot be.
Result<Answer> Service::Reading::read_from(Opened opened, Error error, AnswerLimits& limits) {
  opened_ = std::move(opened);
  version_.reset();  // of what was open before
  rows_.reset();
  auto const& store = *opened_->store;
  auto prepared = plan_.api.prepare({method_, plan_.target, body_.text(), plan_.representation.format}, store.catalog(),
                                    service_.options_.policy, store.dialect());
  if (std::holds_alternative<NoEndpoint>(prepared.outcome)) return error;
  if (auto* refusal = std::get_if<Error>(&prepared.outcome)) return std::move(*refusal);
  if (auto* answer = std::get_if<Answer>(&prepared.outcome)) return std::move(*answer);
  plan_.pending = std::get<std::unique_ptr<PendingRead>>(std::move(prepared.outcome));
  return read_rows(limits);
}

}  // namespace restapi::api
